/*
 * What the files of the Windows port share: system headers, and the names that calls_tpl.h needs.
 */
#ifndef ANYSOCK_WIN32_PORT_H
#define ANYSOCK_WIN32_PORT_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <string.h>

#include "../internal.h"

#define raw(native) ((SOCKET)(native))
#define raw_length int
#define set_error(number) WSASetLastError(number)

#endif
