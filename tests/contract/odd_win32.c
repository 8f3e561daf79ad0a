/*
 * Other versions of Windows: the calls are replaced in the program's table of imports.
 */
#include <winsock2.h>
#include <windows.h>

#include "odd.h"

#include "imports.h"

static enum oddity now;
static unsigned answers;

static int(WINAPI *real_getsockopt)(SOCKET, int, int, char *, int *);
static int(WINAPI *real_setsockopt)(SOCKET, int, int, const char *, int);
static SOCKET(WINAPI *real_socket)(int, int, int, LPWSAPROTOCOL_INFOW, GROUP, DWORD);

static int WINAPI odd_getsockopt(SOCKET s, int level, int name, char *value, int *length) {
    int number = 0;
    if (now != ANSWERS_ONE_BYTE || *length != sizeof number)
        return real_getsockopt(s, level, name, value, length);
    if (real_getsockopt(s, level, name, (char *)&number, length) != 0)
        return SOCKET_ERROR;
    bool narrow = (unsigned char)number == number;
    *length = narrow ? 1 : (int)sizeof number;
    memcpy(value, &number, (size_t)*length); /* the first byte is the lowest */
    answers += narrow;
    return 0;
}

enum { MAXRT = 5, FASTOPEN = 15, LATER_OPTIONS };
static int later_options[LATER_OPTIONS];

static bool is_later_option(int level, int name) {
    return now == HAS_LATER_OPTIONS && level == IPPROTO_TCP && (name == MAXRT || name == FASTOPEN);
}

static int WINAPI get_later_option(SOCKET s, int level, int name, char *value, int *length) {
    if (!is_later_option(level, name))
        return real_getsockopt(s, level, name, value, length);
    answers++;
    memcpy(value, &later_options[name], sizeof later_options[name]);
    return 0;
}

static int WINAPI odd_setsockopt(SOCKET s, int level, int name, const char *value, int length) {
    int number = 0;
    bool later = is_later_option(level, name);
    if (!later && (now != REFUSES_IPV4 || level != IPPROTO_IP))
        return real_setsockopt(s, level, name, value, length);
    answers++;
    if (later && length == sizeof number)
        memcpy(&number, value, sizeof number);
    if (!later || (name == FASTOPEN && number != 0 && number != 1)) {
        WSASetLastError(WSAEINVAL);
        return SOCKET_ERROR;
    }
    later_options[name] = number;
    return 0;
}

static SOCKET WINAPI odd_socket(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                                GROUP group, DWORD flags) {
    int error = now == FLAG_IS_INVALID               ? WSAEINVAL
                : now == FLAG_IS_OF_ANOTHER_PROTOCOL ? WSAEPROTOTYPE
                                                     : WSAEMFILE;
    bool refused = now == HAS_NO_DESCRIPTORS || (flags & WSA_FLAG_NO_HANDLE_INHERIT) != 0;
    if (!refused)
        return real_socket(family, type, protocol, info, group, flags);
    answers++;
    WSASetLastError(error);
    return INVALID_SOCKET;
}

static int end(void) {
    answers++;
    WSASetLastError(WSAEDISCON);
    return SOCKET_ERROR;
}

static int WINAPI odd_recv(SOCKET s, char *data, int length, int flags) {
    (void)s, (void)data, (void)length, (void)flags;
    return end();
}

static int WINAPI odd_recvfrom(SOCKET s, char *data, int length, int flags, struct sockaddr *from,
                               int *from_length) {
    (void)s, (void)data, (void)length, (void)flags, (void)from, (void)from_length;
    return end();
}

static int WINAPI odd_recv_vec(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD moved,
                               LPDWORD flags, LPWSAOVERLAPPED overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    (void)s, (void)buffers, (void)count, (void)moved, (void)flags, (void)overlapped, (void)routine;
    return end();
}

/* Which functions are replaced for an oddity; kept, since only what is replaced can be put back. */
static struct { function_pointer real, odd; } replaced[3];
static size_t count;

static void replace(function_pointer real, function_pointer odd) {
    replace_import(real, odd);
    replaced[count].real = real;
    replaced[count++].odd = odd;
}

bool become(enum oddity oddity) {
    while (count > 0) {
        count--;
        replace_import(replaced[count].odd, replaced[count].real);
    }
    now = oddity;
    answers = 0;
    real_getsockopt = getsockopt;
    real_setsockopt = setsockopt;
    real_socket = WSASocketW;
    if (oddity == ANSWERS_ONE_BYTE)
        replace((function_pointer)getsockopt, (function_pointer)odd_getsockopt);
    if (oddity == FLAG_IS_INVALID || oddity == FLAG_IS_OF_ANOTHER_PROTOCOL ||
        oddity == HAS_NO_DESCRIPTORS)
        replace((function_pointer)WSASocketW, (function_pointer)odd_socket);
    if (oddity == REPORTS_THE_END) {
        replace((function_pointer)recv, (function_pointer)odd_recv);
        replace((function_pointer)recvfrom, (function_pointer)odd_recvfrom);
        replace((function_pointer)WSARecv, (function_pointer)odd_recv_vec);
    }
    if (oddity == HAS_LATER_OPTIONS) {
        later_options[MAXRT] = -1;
        later_options[FASTOPEN] = 0;
        replace((function_pointer)getsockopt, (function_pointer)get_later_option);
    }
    if (oddity == HAS_LATER_OPTIONS || oddity == REFUSES_IPV4)
        replace((function_pointer)setsockopt, (function_pointer)odd_setsockopt);
    return oddity != WANTS_ONE_BYTE && oddity != TELLS_NO_HOPS;
}

unsigned odd_answers(void) {
    return answers;
}
