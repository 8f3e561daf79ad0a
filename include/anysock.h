/**
 * @file anysock.h
 * @brief One socket API over BSD sockets and Winsock.
 *
 * A program written against this header behaves the same on Linux, macOS, the BSDs and Windows:
 * the same calls, the same result codes, the same meaning of "blocking". No system header is
 * included, and no call needs `#ifdef _WIN32` around it.
 *
 * Conventions, valid for every function unless it says otherwise:
 *
 *  - **Results.** A call that can fail returns an `int`: #ANYSOCK_OK (0) or a negative
 *    `ANYSOCK_E…` code. Counts and handles go to out-parameters, which come last and are always
 *    written: 0, or a closed socket, on failure.
 *  - **The system's own number.** After a failure, anysock_native_error() gives the operating
 *    system's code behind it (`errno`, `WSAGetLastError()`), or 0 where the library decided itself.
 *  - **Time** is in milliseconds; #ANYSOCK_FOREVER (-1) waits without limit, 0 does not wait.
 *    Deadlines run on a monotonic clock and are rounded up, never down.
 *  - **Memory.** Sockets and addresses are the caller's own objects. No call allocates, except
 *    anysock_event_create(), anysock_queue_open(), now and then anysock_queue_add(), and
 *    anysock_interface_of(), which frees it again.
 *  - **Threads.** Different sockets may be used from different threads freely. On one socket any
 *    number of threads may send, receive and wait at the same time. Calls that change the socket
 *    (mode, time-outs, event, connect, close, …) want the other threads out.
 *  - **Signals.** SIGPIPE is never raised and its disposition never touched. A call that a signal
 *    interrupts goes on with what is left of its time; #ANYSOCK_EINTR is never returned for it.
 *  - **Children.** No descriptor made by the library is inherited by child processes.
 *
 * In the reference below `\posix` and `\windows` name the raw calls underneath.
 */
#ifndef ANYSOCK_H
#define ANYSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(ANYSOCK_BUILDING_SHARED)
#define ANYSOCK_API __declspec(dllexport)
#elif defined(_WIN32) && defined(ANYSOCK_USING_SHARED)
#define ANYSOCK_API __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define ANYSOCK_API __attribute__((visibility("default")))
#else
#define ANYSOCK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this header, as anysock_version() gives that of the library linked. */
#define ANYSOCK_VERSION "0.1.0"

/**
 * @brief The version of the library that the program runs with, for example "0.1.0".
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API const char *anysock_version(void);

/* ============================================================================================
 * Result codes
 * ========================================================================================= */

/** Success. */
#define ANYSOCK_OK 0

/**
 * Every result code: X(name, number, text). The numbers are the same on every system, are never
 * reused and only ever grow at the end; they start at -2001, so that nobody takes one for
 * `-errno` or for a Winsock code.
 */
#define ANYSOCK_ERROR_LIST(X)                                                                      \
    X(EAGAIN, -2001, "would block")                                                                \
    X(EINPROGRESS, -2002, "connect in progress")                                                   \
    X(EALREADY, -2003, "connect already in progress")                                              \
    X(EISCONN, -2004, "already connected")                                                         \
    X(ENOTCONN, -2005, "not connected")                                                            \
    X(EDESTADDRREQ, -2006, "destination address required")                                         \
    X(ECONNREFUSED, -2007, "connection refused")                                                   \
    X(ECONNRESET, -2008, "connection reset by peer")                                               \
    X(ECONNABORTED, -2009, "connection aborted")                                                   \
    X(EPIPE, -2010, "connection no longer takes data")                                             \
    X(ETIMEDOUT, -2011, "timed out")                                                               \
    X(ENETUNREACH, -2012, "network unreachable")                                                   \
    X(EHOSTUNREACH, -2013, "host unreachable")                                                     \
    X(ENETDOWN, -2014, "network is down")                                                          \
    X(ENETRESET, -2015, "connection dropped by network")                                           \
    X(EADDRINUSE, -2016, "address in use")                                                         \
    X(EADDRNOTAVAIL, -2017, "address not available here")                                          \
    X(EACCES, -2018, "permission denied")                                                          \
    X(EAFNOSUPPORT, -2019, "address family not supported")                                         \
    X(EPROTONOSUPPORT, -2020, "protocol not supported")                                            \
    X(ESOCKTNOSUPPORT, -2021, "socket type not supported")                                         \
    X(EPROTOTYPE, -2022, "protocol not of this socket type")                                       \
    X(ENOPROTOOPT, -2023, "no such option here")                                                   \
    X(EOPNOTSUPP, -2024, "operation not supported")                                                \
    X(EBADF, -2025, "not an open socket")                                                          \
    X(EINVAL, -2026, "invalid argument")                                                           \
    X(EFAULT, -2027, "invalid pointer")                                                            \
    X(EMSGSIZE, -2028, "message too long")                                                         \
    X(ENOBUFS, -2029, "no buffer space")                                                           \
    X(ENOMEM, -2030, "out of memory")                                                              \
    X(EMFILE, -2031, "too many descriptors in the process")                                        \
    X(ENFILE, -2032, "too many descriptors in the system")                                         \
    X(EINTR, -2033, "call interrupted")                                                            \
    X(ECANCELED, -2034, "operation cancelled")                                                     \
    X(ETOOMANYREFS, -2035, "too many references")                                                  \
    X(ELOOP, -2036, "too many symbolic links")                                                     \
    X(ENAMETOOLONG, -2037, "name too long")                                                        \
    X(ENOENT, -2038, "no such name")                                                               \
    X(ENODEV, -2039, "no such network interface")                                                  \
    X(EPROTO, -2040, "protocol error")                                                             \
    X(EDOM, -2041, "value out of range")                                                           \
    X(EBUSY, -2042, "object in use")                                                               \
    X(EBADSTATE, -2043, "connect failed earlier")                                                  \
    X(ENOTINIT, -2044, "network subsystem was shut down")                                          \
    X(ESYSNOTREADY, -2045, "network subsystem not ready")                                          \
    X(EVERSION, -2046, "network subsystem too old")                                                \
    X(EPROVIDER, -2047, "network provider broken")                                                 \
    X(ENOSYS, -2048, "call not in this system")                                                    \
    X(EIO, -2049, "input/output error")                                                            \
    X(EUNKNOWN, -2050, "unknown error")                                                            \
    X(EAI_NONAME, -2101, "host or service not known")                                              \
    X(EAI_NODATA, -2102, "host has no such address")                                               \
    X(EAI_AGAIN, -2103, "name server cannot answer")                                               \
    X(EAI_FAIL, -2104, "name server failed")                                                       \
    X(EAI_SERVICE, -2105, "service not known for this type")                                       \
    X(EAI_FAMILY, -2106, "family not supported for names")                                         \
    X(EAI_SOCKTYPE, -2107, "type not supported for names")                                         \
    X(EAI_BADFLAGS, -2108, "invalid flags for names")                                              \
    X(EAI_OVERFLOW, -2109, "name too long for the buffer")

#define ANYSOCK_ERROR_ENUM_(name, number, text) ANYSOCK_##name = (number),
/** The result codes, from #ANYSOCK_ERROR_LIST. */
enum anysock_error {
    ANYSOCK_ERROR_LIST(ANYSOCK_ERROR_ENUM_)
    /** Windows cannot tell "closed" from "not a socket"; both names mean the same code. */
    ANYSOCK_ENOTSOCK = ANYSOCK_EBADF
};
#undef ANYSOCK_ERROR_ENUM_

/**
 * @brief The name of a result code, for example "ANYSOCK_EAGAIN".
 *
 * @param code  a result code; any other number gives "ANYSOCK_(not a code)".
 * @return a constant string; never null.
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API const char *anysock_error_name(int code);

/**
 * @brief A short English sentence for a result code, without a full stop.
 *
 * @return a constant string; never null; the same on every system.
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API const char *anysock_error_text(int code);

/**
 * @brief The operating system's own number behind the last failure of this thread.
 *
 * Ask directly after the call that failed: `errno` on POSIX, a Winsock or Win32 code on Windows.
 * Clean-up inside the library preserves it. 0 means that the library decided by itself, for
 * example that a time-out of the socket ran out (then #ANYSOCK_ETIMEDOUT comes with 0, while a
 * connection that the system gave up comes with the system's own ETIMEDOUT).
 *
 * Thread safety: per thread. \posix errno \windows WSAGetLastError \since 0.1
 */
ANYSOCK_API int anysock_native_error(void);

/**
 * @brief The symbolic name of an operating system's number, for example "WSAEWOULDBLOCK".
 *
 * @return a constant string; "?" for a number that the library does not know; "-" for 0.
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API const char *anysock_native_error_name(int native);

/**
 * @brief Translates an operating system's number that the program got elsewhere.
 *
 * The number is read without knowing the call that it came from, so that `WSAEWOULDBLOCK` is
 * #ANYSOCK_EAGAIN here even if it came from a connect.
 *
 * @return a result code; #ANYSOCK_OK for 0; #ANYSOCK_EUNKNOWN for a number without translation.
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API int anysock_error_from_native(int native);

/**
 * @brief Translates what getaddrinfo or getnameinfo returned to the program.
 *
 * These are other numbers than anysock_error_from_native() takes: on the BSDs and macOS the same
 * number is an `errno` value of another meaning. For `EAI_SYSTEM` the thread's `errno` is
 * translated, so ask directly after the call.
 *
 * @return a result code: one of `ANYSOCK_EAI_…`, #ANYSOCK_ENOMEM, or what the system said;
 *         #ANYSOCK_OK for 0; #ANYSOCK_EUNKNOWN for a number without translation.
 *
 * Thread safety: any thread, any time. \since 0.1
 */
ANYSOCK_API int anysock_error_from_getaddrinfo(int result);

/* ============================================================================================
 * Start
 * ========================================================================================= */

/**
 * @brief Prepares the network subsystem. Optional: the first call that needs it does the same.
 *
 * Call it where start-up problems should show early. Counted: each success wants one
 * anysock_cleanup().
 *
 * @return #ANYSOCK_OK; #ANYSOCK_ESYSNOTREADY, #ANYSOCK_EVERSION, #ANYSOCK_EPROVIDER (Windows).
 *
 * Thread safety: any thread; not from DllMain. \posix nothing \windows WSAStartup(2.2) \since 0.1
 */
ANYSOCK_API int anysock_startup(void);

/**
 * @brief Takes one anysock_startup() back.
 *
 * The subsystem stays up for the life of the process: on Windows the last WSACleanup would
 * destroy every socket of the process, also those of other components.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_ENOTINIT when there is no startup to take back.
 *
 * Thread safety: any thread. \posix nothing \windows nothing \since 0.1
 */
ANYSOCK_API int anysock_cleanup(void);

/* ============================================================================================
 * Addresses
 * ========================================================================================= */

/** Address families. The numbers are the library's own, the same on every system. */
enum anysock_family {
    ANYSOCK_UNSPEC = 0, /**< no address: what a zeroed struct anysock_addr holds */
    ANYSOCK_INET = 1,   /**< IPv4 */
    ANYSOCK_INET6 = 2   /**< IPv6 */
};

/**
 * @brief A socket address: a plain value of 128 bytes that may be copied and zeroed.
 *
 * The fields are private. All zero is the "no address" value, of family #ANYSOCK_UNSPEC.
 */
struct anysock_addr {
    uint64_t bytes_[15]; /* the system's own socket address */
    uint32_t length_;    /* bytes used in bytes_, 0 for no address */
    uint32_t reserved_;  /* 0 */
};

/** A buffer of this many bytes holds the text of any address, with the final NUL. */
#define ANYSOCK_ADDR_TEXT_MAX 80

/**
 * @brief Reads an address from text, strictly: "192.0.2.1:80", "192.0.2.1", "[2001:db8::1]:80",
 *        "2001:db8::1", "[fe80::1%eth0]:80", "fe80::1%3".
 *
 * Four decimal parts without leading zeros for IPv4; RFC 4291 forms for IPv6; the port, if any,
 * decimal and at most 65535, else 0. A zone is the number or the name of an interface. No name
 * is looked up and no blank is skipped.
 *
 * @param text  the address, NUL-terminated.
 * @param addr  receives the address; untouched on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EINVAL if the text is no address; #ANYSOCK_ENODEV if no
 *         interface has the name in the zone; #ANYSOCK_EFAULT for a null pointer.
 *
 * Thread safety: any thread. \posix if_nametoindex for a named zone \windows the same \since 0.1
 */
ANYSOCK_API int anysock_addr_parse(const char *text, struct anysock_addr *addr);

/**
 * @brief Writes an address as text, identically on every system: "192.0.2.1:80",
 *        "[2001:db8::1]:80" (RFC 5952), "[fe80::1%3]:80" (zone as a number).
 *
 * The text ends with the port, also if it is 0, and parses back to an equal address. No address
 * gives "-".
 *
 * @param addr  the address.
 * @param text  receives the NUL-terminated text; an empty string on failure, if size > 0.
 * @param size  bytes at text; #ANYSOCK_ADDR_TEXT_MAX always suffices.
 * @return #ANYSOCK_OK; #ANYSOCK_ENOBUFS if the text does not fit; #ANYSOCK_EFAULT for a null
 *         pointer.
 *
 * Thread safety: any thread. \posix nothing \windows nothing \since 0.1
 */
ANYSOCK_API int anysock_addr_format(const struct anysock_addr *addr, char *text, size_t size);

/**
 * @brief The wildcard address (0.0.0.0 or ::), to bind to every interface.
 *
 * @param family  #ANYSOCK_INET or #ANYSOCK_INET6.
 * @param port    in host order; 0 lets bind choose.
 * @return #ANYSOCK_OK; #ANYSOCK_EAFNOSUPPORT for another family; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_addr_any(enum anysock_family family, uint16_t port,
                                 struct anysock_addr *addr);

/**
 * @brief The loopback address (127.0.0.1 or ::1).
 *
 * Parameters and results as for anysock_addr_any(). Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_addr_loopback(enum anysock_family family, uint16_t port,
                                      struct anysock_addr *addr);

/**
 * @brief The family; #ANYSOCK_UNSPEC for no address or a kind the library does not know.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API enum anysock_family anysock_addr_family(const struct anysock_addr *addr);

/**
 * @brief The port in host order; 0 for an address without one.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API uint16_t anysock_addr_port(const struct anysock_addr *addr);

/**
 * @brief Replaces the port (host order).
 * @return #ANYSOCK_OK; #ANYSOCK_EAFNOSUPPORT for an address without ports; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_addr_set_port(struct anysock_addr *addr, uint16_t port);

/**
 * @brief The zone (interface index) of a link-local IPv6 address; 0 for none.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API uint32_t anysock_addr_scope(const struct anysock_addr *addr);

/**
 * @brief Whether two addresses are the same: family, host, port and, for IPv6, zone.
 *
 * The flow label does not count. IPv4 and its IPv6-mapped form are different addresses.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API bool anysock_addr_equal(const struct anysock_addr *a, const struct anysock_addr *b);

/**
 * @brief A 32-bit hash; equal addresses have equal hashes. Not for hostile input.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API uint32_t anysock_addr_hash(const struct anysock_addr *addr);

/**
 * @brief 127.0.0.0/8 or ::1, or an IPv4-mapped loopback address.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API bool anysock_addr_is_loopback(const struct anysock_addr *addr);

/**
 * @brief 224.0.0.0/4 or ff00::/8.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API bool anysock_addr_is_multicast(const struct anysock_addr *addr);

/**
 * @brief 169.254.0.0/16 or fe80::/10.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API bool anysock_addr_is_link_local(const struct anysock_addr *addr);

/**
 * @brief The wildcard: 0.0.0.0 or ::.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API bool anysock_addr_is_any(const struct anysock_addr *addr);

/**
 * @brief Takes the bytes of a native `struct sockaddr`.
 *
 * @param native  the native address.
 * @param length  its length in bytes, at most 120.
 * @return #ANYSOCK_OK; #ANYSOCK_EINVAL if the length does not fit the family;
 *         #ANYSOCK_EAFNOSUPPORT for a family that the library does not know; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_addr_from_native(const void *native, size_t length,
                                         struct anysock_addr *addr);

/**
 * @brief Gives the address as a native `struct sockaddr`.
 *
 * @param length  receives the bytes written, 0 on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_ENOBUFS if size is too small; #ANYSOCK_EINVAL for no address;
 *         #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_addr_to_native(const struct anysock_addr *addr, void *native, size_t size,
                                       size_t *length);

/** A buffer of this many bytes holds the name of any interface, with the final NUL. */
#define ANYSOCK_INTERFACE_NAME_MAX 264

/**
 * @brief Finds the network interface of this machine that has an address, such as the local one of
 * a connection.
 *
 * The port does not count. An IPv6 address with a zone is found in that zone only; an IPv4-mapped
 * one counts as IPv4. All of 127.0.0.0/8 is the loopback interface's.
 *
 * @param addr   the address.
 * @param index  receives the interface's index, which is not 0; untouched on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EADDRNOTAVAIL if no interface has it (the wildcard is none's);
 *         #ANYSOCK_EAFNOSUPPORT for no address; #ANYSOCK_EFAULT; #ANYSOCK_ENOMEM, #ANYSOCK_ENOBUFS,
 *         #ANYSOCK_EMFILE, #ANYSOCK_ENFILE, #ANYSOCK_EACCES (a sandbox) if the system cannot tell.
 *
 * Not for every packet: the system lists all interfaces each time, in memory that the call frees
 * again. Thread safety: any thread. \posix getifaddrs, if_nametoindex \windows
 * GetAdaptersAddresses \since 0.1
 */
ANYSOCK_API int anysock_interface_of(const struct anysock_addr *addr, uint32_t *index);

/**
 * @brief The name of an interface, which anysock_addr_parse() takes as a zone: "eth0", on Windows
 *        "ethernet_32769" and the like.
 *
 * @param index  the interface's index.
 * @param name   receives the NUL-terminated name; an empty string on failure, if size > 0.
 * @param size   bytes at name; #ANYSOCK_INTERFACE_NAME_MAX always suffices.
 * @return #ANYSOCK_OK; #ANYSOCK_ENODEV if there is no such interface; #ANYSOCK_ENOBUFS if the name
 *         does not fit; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \posix if_indextoname \windows the same \since 0.1
 */
ANYSOCK_API int anysock_interface_name(uint32_t index, char *name, size_t size);

/* ============================================================================================
 * The socket
 * ========================================================================================= */

/** The operating system's handle: `int` on POSIX, a `SOCKET` on Windows. */
#ifdef _WIN32
typedef uintptr_t anysock_native;
#else
typedef int anysock_native;
#endif

/** What a foreign event loop can wait for: a pollable descriptor, a `HANDLE` on Windows. */
#ifdef _WIN32
typedef void *anysock_waitable;
#else
typedef int anysock_waitable;
#endif

struct anysock_event;
struct anysock_registration;
struct anysock_connector;

/**
 * @brief A socket: a plain object of 64 bytes, owned by the caller.
 *
 * All zero is a valid, closed socket (#ANYSOCK_INIT). It may be moved in memory, but not
 * duplicated: of two copies only one may go on. The fields are private.
 */
struct anysock {
    uint32_t state_;         /* see src/state.h */
    int32_t connect_native_; /* the system's number behind connect_error_ */
    int32_t timeout_[3];     /* receive, send, connect: milliseconds + 1; 0 for none */
    uint16_t kept_[2]; /* what the system cannot be asked: keep-alive idle and interval in seconds;
                          of datagrams the interface for multicast */
    struct anysock_event *event_;               /* the bound event, if any */
    struct anysock_registration *registration_; /* with a queue, if any */
    const struct anysock_connector *connector_; /* how a pending connect ends */
    anysock_native native_;  /* the descriptor; valid while the open bit is set */
    int16_t connect_error_;  /* the stored result of a failed connect */
    unsigned char plain_[5]; /* what follows from state_, see src/state.h */
    unsigned char reserved_[33 - 3 * sizeof(void *) - sizeof(anysock_native)];
};

/** A closed socket: `struct anysock s = ANYSOCK_INIT;` */
#ifdef __cplusplus
#define ANYSOCK_INIT anysock()
#else
#define ANYSOCK_INIT                                                                               \
    { 0 }
#endif

/**
 * @brief `sizeof(struct anysock)`, for callers from other languages: 64.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API size_t anysock_sizeof(void);

/** Socket types. */
enum anysock_type {
    ANYSOCK_STREAM = 1, /**< TCP */
    ANYSOCK_DGRAM = 2   /**< UDP */
};

/** Flags of anysock_open(), anysock_accept() and anysock_adopt(). */
enum {
    /** Logically non-blocking: calls that would wait return #ANYSOCK_EAGAIN. */
    ANYSOCK_NONBLOCK = 0x1
};

/**
 * @brief Makes a socket.
 *
 * It is closed on exec and not inheritable, from the first moment where the system can do that.
 * An IPv6 socket takes IPv6 only, since no other choice exists on every system.
 *
 * @param family  #ANYSOCK_INET or #ANYSOCK_INET6.
 * @param type    #ANYSOCK_STREAM or #ANYSOCK_DGRAM.
 * @param flags   0 or #ANYSOCK_NONBLOCK.
 * @param s       receives the socket; what it held before is overwritten, not closed. A closed
 *                socket on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EAFNOSUPPORT, #ANYSOCK_ESOCKTNOSUPPORT, #ANYSOCK_EINVAL (flags),
 *         #ANYSOCK_EFAULT for arguments, checked in this order after the pointer;
 *         #ANYSOCK_EMFILE, #ANYSOCK_ENFILE, #ANYSOCK_ENOBUFS, #ANYSOCK_ENOMEM, #ANYSOCK_EACCES;
 *         those of anysock_startup().
 *
 * Thread safety: any thread. \posix socket \windows WSASocketW, ioctlsocket \since 0.1
 */
ANYSOCK_API int anysock_open(enum anysock_family family, enum anysock_type type, unsigned flags,
                             struct anysock *s);

/**
 * @brief Takes over a native handle that was made elsewhere.
 *
 * The caller says with flags in which mode the socket is to be, since Windows cannot tell in
 * which it is: #ANYSOCK_NONBLOCK makes it non-blocking; 0 makes it logically blocking, whatever
 * the descriptor's own mode is. Adopt an unconnected, a listening or a connected socket; one
 * whose connect is still pending or has failed counts as unconnected, and on Linux one whose
 * connection is over and has no data left.
 *
 * @param native  the handle; from now on closed by anysock_close(). Still the caller's on failure.
 * @param s       receives the socket; a closed socket on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EINVAL for arguments; #ANYSOCK_EBADF if it is
 *         no socket; #ANYSOCK_ESOCKTNOSUPPORT, #ANYSOCK_EAFNOSUPPORT for a kind the library does
 *         not know; those of anysock_startup().
 *
 * Thread safety: any thread. \posix getsockopt, getsockname, getpeername, fcntl
 * \windows getsockopt, getsockname, getpeername, ioctlsocket \since 0.1
 */
ANYSOCK_API int anysock_adopt(anysock_native native, unsigned flags, struct anysock *s);

/**
 * @brief Gives the native handle back to the caller, in its logical mode and without event.
 *
 * A selection that somebody else put on the socket stays. The inherit flag is left as it is.
 *
 * @param native  receives the handle, which the caller closes; untouched on failure.
 * @return #ANYSOCK_OK, and s is a closed socket; #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix fcntl \windows WSAEventSelect, ioctlsocket
 * \since 0.1
 */
ANYSOCK_API int anysock_release(struct anysock *s, anysock_native *native);

/**
 * @brief The native handle, for calls that the library does not offer. It stays the library's.
 *
 * Whatever another library does to its blocking mode or event selection does not break blocking
 * calls of this one.
 *
 * @return the handle; -1 (`INVALID_SOCKET`) for a closed socket.
 *
 * Thread safety: any thread while the socket is open. \since 0.1
 */
ANYSOCK_API anysock_native anysock_native_handle(const struct anysock *s);

/** @brief Whether the socket is open; a null pointer is not. Thread safety: any thread. */
ANYSOCK_API bool anysock_is_open(const struct anysock *s);

/**
 * @brief Closes the socket gracefully: data already sent are delivered in the background.
 *
 * Never waits, unless somebody has set SO_LINGER through the native handle of a socket that the
 * library made. A bound event is unbound first. Received data that were not read make the system
 * reset the connection.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EBADF if it is closed already; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix close \windows WSAEventSelect, closesocket
 * \since 0.1
 */
ANYSOCK_API int anysock_close(struct anysock *s);

/**
 * @brief Closes the socket at once and resets the connection: the peer gets
 *        #ANYSOCK_ECONNRESET, data not yet delivered are dropped.
 *
 * @return as anysock_close().
 *
 * Thread safety: wants other threads out. \posix setsockopt(SO_LINGER), close
 * \windows setsockopt(SO_LINGER), closesocket \since 0.1
 */
ANYSOCK_API int anysock_abort(struct anysock *s);

/**
 * @brief Closes a stream after the peer has everything: ends the sending direction, then discards
 *        what comes until the peer ends its own, at most until the time is over.
 *
 * Of what has come by then it still looks through a few MiB, so that with 0 it finds an end that is
 * there.
 *
 * The socket is closed in any case, unless an argument is wrong.
 *
 * @param timeout_ms  how long at most; #ANYSOCK_FOREVER.
 * @return #ANYSOCK_OK: the peer has ended too, so that it has read all or closed;
 *         #ANYSOCK_ETIMEDOUT, #ANYSOCK_ECONNRESET: it is not known what it got;
 *         #ANYSOCK_ENOTCONN: there was no connection; #ANYSOCK_EINVAL (time),
 *         #ANYSOCK_EOPNOTSUPP (not a stream), #ANYSOCK_EBADF, #ANYSOCK_EFAULT: still open.
 *
 * Thread safety: wants other threads out. \posix shutdown, recv, poll, close
 * \windows shutdown, recv, WSAPoll, closesocket \since 0.1
 */
ANYSOCK_API int anysock_close_flush(struct anysock *s, int timeout_ms);

/* ============================================================================================
 * Set-up
 * ========================================================================================= */

/** What an address is bound for. It decides which other socket may share it. */
enum anysock_bind_intent {
    /** A server that owns its address: while it listens, and a datagram socket as long as it is
     *  open, nobody else can bind that address, on any system. A restart right after a stop
     *  succeeds; on Windows as soon as the connections have ended that the old listener had taken.
     *  Before one listens, Linux lets others be bound to a stream's address, too; the
     *  first to listen has it, and the listen of the others fails with #ANYSOCK_EADDRINUSE. The
     *  wildcard covers the host's single addresses on Linux and Windows, not on macOS and the
     *  BSDs. */
    ANYSOCK_BIND_SERVER = 0,
    /** One of several servers among which the kernel spreads the connections or datagrams
     *  (Linux, FreeBSD, DragonFly); #ANYSOCK_EOPNOTSUPP elsewhere. */
    ANYSOCK_BIND_BALANCED = 1,
    /** One of several receivers of the same datagrams (multicast, broadcast). Datagram only. */
    ANYSOCK_BIND_SHARED = 2,
    /** A client that wants a certain local address or port. */
    ANYSOCK_BIND_CLIENT = 3
};

/**
 * @brief Gives the socket a local address.
 *
 * @param addr    of the socket's family; port 0 lets the system choose, see
 *                anysock_local_addr().
 * @param intent  see #anysock_bind_intent.
 *
 * A bind that fails may be repeated, also with another intent; but on Linux not after an address
 * with a zone, whose interface the socket is tied to then.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (intent),
 *         #ANYSOCK_EAFNOSUPPORT, #ANYSOCK_EBADSTATE (a connect failed), #ANYSOCK_EINVAL (bound
 *         already; or, later, a link-local address without a zone, or on macOS and OpenBSD with one
 *         that is no interface), #ANYSOCK_EOPNOTSUPP (intent) for arguments; #ANYSOCK_EADDRINUSE;
 *         #ANYSOCK_EADDRNOTAVAIL; #ANYSOCK_EACCES (privileged
 *         port; on Windows also a port that is reserved, and one of an #ANYSOCK_BIND_SERVER if the
 *         addresses or intents differ, where other systems say #ANYSOCK_EADDRINUSE).
 *
 * Thread safety: wants other threads out. \posix setsockopt(SO_REUSEADDR), bind
 * \windows setsockopt(SO_EXCLUSIVEADDRUSE), bind \since 0.1
 */
ANYSOCK_API int anysock_bind(struct anysock *s, const struct anysock_addr *addr,
                             enum anysock_bind_intent intent);

/**
 * @brief Starts to take connections.
 *
 * @param backlog  how many may wait for accept; 0 or less for the system's maximum. Systems
 *                 clamp it, and Linux takes one more.
 * @return #ANYSOCK_OK (an unbound socket gets the wildcard address and a port first);
 *         #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EOPNOTSUPP (not a stream),
 *         #ANYSOCK_EISCONN (connected or connecting), #ANYSOCK_EBADSTATE, #ANYSOCK_EADDRINUSE.
 *
 * Thread safety: wants other threads out. \posix listen \windows bind if unbound, listen
 * \since 0.1
 */
ANYSOCK_API int anysock_listen(struct anysock *s, int backlog);

/**
 * @brief Takes one connection.
 *
 * Waits according to the listener's mode and receive time-out. The new socket is in the mode
 * that flags ask for, whatever the listener's is; it has no event, no time-outs, and child
 * processes do not inherit it. Connections that broke before they could be accepted are skipped,
 * 64 at most: then it is #ANYSOCK_EAGAIN.
 *
 * @param flags  0 or #ANYSOCK_NONBLOCK, for the new socket.
 * @param child  receives the socket, overwritten and not closed; not the listener itself. A closed
 *               socket on failure.
 * @param peer   receives the peer's address; may be null; no address on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (flags, or not
 *         listening) for arguments; #ANYSOCK_EAGAIN (non-blocking, none there);
 *         #ANYSOCK_ETIMEDOUT; #ANYSOCK_EMFILE, #ANYSOCK_ENFILE, #ANYSOCK_ENOBUFS,
 *         #ANYSOCK_ENOMEM.
 *
 * Thread safety: any number of threads may accept from one listener. \posix accept4
 * \windows accept, SetHandleInformation, WSAEventSelect, ioctlsocket \since 0.1
 */
ANYSOCK_API int anysock_accept(struct anysock *listener, unsigned flags, struct anysock *child,
                               struct anysock_addr *peer);

/**
 * @brief Connects to a peer.
 *
 * A blocking socket waits for the result, at most its connect time-out. A non-blocking one
 * starts and returns #ANYSOCK_EINPROGRESS; it becomes writable when the result is there, and
 * anysock_connect_result() tells which.
 *
 * A datagram socket is connected at once, and may be connected again: it leaves the old peer first,
 * as anysock_disconnect() does, and has none if the new one cannot be had. Datagrams that others
 * have sent before may still be received: look at their sender.
 *
 * The wildcard address stands for the loopback address. After a failure a stream cannot be used
 * for another attempt, since systems disagree about that: close it and open a new one.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EINPROGRESS; #ANYSOCK_EFAULT, #ANYSOCK_EBADF,
 *         #ANYSOCK_EAFNOSUPPORT, #ANYSOCK_EADDRNOTAVAIL (port 0) for arguments;
 *         #ANYSOCK_EISCONN; #ANYSOCK_EALREADY; #ANYSOCK_EBADSTATE; #ANYSOCK_EINVAL (listening, a
 *         link-local address without a zone, or on Linux one that cannot be reached from the
 *         address that was bound); #ANYSOCK_EADDRNOTAVAIL also for a zone that is no interface;
 *         #ANYSOCK_ECONNREFUSED; #ANYSOCK_ETIMEDOUT; #ANYSOCK_ENETUNREACH;
 *         #ANYSOCK_EHOSTUNREACH; #ANYSOCK_EACCES; #ANYSOCK_EADDRINUSE.
 *
 * Thread safety: wants other threads out. \posix connect, poll, getsockopt(SO_ERROR)
 * \windows connect, select, getsockopt(SO_ERROR) \since 0.1
 */
ANYSOCK_API int anysock_connect(struct anysock *s, const struct anysock_addr *addr);

/**
 * @brief The result of the connect that was started. Never waits, and may be asked any number
 *        of times: the system is asked once and the answer kept.
 *
 * @return #ANYSOCK_OK when connected; #ANYSOCK_EINPROGRESS while pending; the connect's error
 *         (see anysock_connect()) when it failed; #ANYSOCK_ENOTCONN when none was started;
 *         #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix poll, getsockopt(SO_ERROR), getpeername
 * \windows select, getsockopt(SO_ERROR), getpeername \since 0.1
 */
ANYSOCK_API int anysock_connect_result(struct anysock *s);

/**
 * @brief Takes the peer from a datagram socket: it can send to and receive from anybody again, or
 *        connect elsewhere.
 *
 * The local port stays where the system lets it; datagrams that wait may be lost. The local address
 * is what was bound, on Linux; on macOS and the BSDs it is the wildcard afterwards, and on Windows
 * it may stay what the connection made it.
 *
 * @return #ANYSOCK_OK, also if it has no peer; #ANYSOCK_EOPNOTSUPP (not a datagram socket);
 *         #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix connect(AF_UNSPEC), getsockname, bind \windows the
 * same, WSAIoctl \since 0.1
 */
ANYSOCK_API int anysock_disconnect(struct anysock *s);

/** The directions of anysock_shutdown(). */
enum anysock_shutdown_how {
    ANYSOCK_SHUT_RD = 1,  /**< receive returns end of stream from now on */
    ANYSOCK_SHUT_WR = 2,  /**< the peer gets end of stream; send returns #ANYSOCK_EPIPE */
    ANYSOCK_SHUT_RDWR = 3 /**< both */
};

/**
 * @brief Ends one or both directions of a connection. Repeating it does no harm.
 *
 * @return #ANYSOCK_OK, also if the peer is gone already; #ANYSOCK_ENOTCONN if the stream was
 *         never connected; #ANYSOCK_EINVAL (how); #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * The receive direction ends inside the library: a receive that waits already goes on waiting.
 *
 * Thread safety: any thread. \posix shutdown(SHUT_WR) \windows shutdown(SD_SEND) \since 0.1
 */
ANYSOCK_API int anysock_shutdown(struct anysock *s, enum anysock_shutdown_how how);

/**
 * @brief The local address; the wildcard with port 0 while the socket is unbound.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EBADF; #ANYSOCK_EFAULT; #ANYSOCK_ENOBUFS.
 *
 * Thread safety: any thread. \posix getsockname \windows getsockname \since 0.1
 */
ANYSOCK_API int anysock_local_addr(struct anysock *s, struct anysock_addr *addr);

/**
 * @brief The peer's address.
 *
 * Linux and Windows know the peer of a connection for as long as there is the socket. macOS and the
 * BSDs forget it once the connection was reset or has ended in both directions: programs that run
 * there ask before that.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_ENOTCONN if there is none, or none any more, also while connecting;
 *         #ANYSOCK_EBADF; #ANYSOCK_EFAULT; #ANYSOCK_ENOBUFS.
 *
 * Thread safety: any thread. \posix getpeername; then, on Linux, getsockopt(SO_PEERNAME)
 * \windows getpeername \since 0.1
 */
ANYSOCK_API int anysock_peer_addr(struct anysock *s, struct anysock_addr *addr);

/* ============================================================================================
 * Blocking mode and time-outs
 * ========================================================================================= */

/**
 * @brief Makes the socket logically blocking or non-blocking.
 *
 * The logical mode is what decides whether calls wait. The mode of the descriptor follows where
 * it can: while an event is bound (`WSAEventSelect`) or a time-out is set it stays non-blocking,
 * and the library waits in its place. So it does on Windows after a call with #ANYSOCK_NO_WAIT,
 * where one call cannot be told not to wait, until the mode is set anew.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix fcntl(F_SETFL)
 * \windows ioctlsocket(FIONBIO) \since 0.1
 */
ANYSOCK_API int anysock_set_blocking(struct anysock *s, bool blocking);

/**
 * @brief Whether the socket is logically blocking; on every system, Windows included. A closed
 *        socket or a null pointer is not.
 *
 * Thread safety: any thread. \posix nothing \windows nothing \since 0.1
 */
ANYSOCK_API bool anysock_is_blocking(const struct anysock *s);

/** No limit, as a time-out. */
#define ANYSOCK_FOREVER (-1)

/** Which calls a time-out of anysock_set_timeout() limits. */
enum anysock_timeout {
    ANYSOCK_TIMEOUT_RECV = 0,   /**< receive and accept */
    ANYSOCK_TIMEOUT_SEND = 1,   /**< send */
    ANYSOCK_TIMEOUT_CONNECT = 2 /**< connect */
};

/**
 * @brief Limits how long blocking calls wait; #ANYSOCK_ETIMEDOUT when the time is over.
 *
 * Non-blocking sockets never wait and ignore it. A call that moves everything
 * (anysock_send_all(), anysock_recv_all()) has the time once for the whole.
 *
 * @param timeout_ms  0 to INT_MAX - 1 milliseconds, or #ANYSOCK_FOREVER (the initial value).
 * @return #ANYSOCK_OK; #ANYSOCK_EINVAL; #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix nothing; the next call that it limits uses
 * fcntl once, and so does taking the last one away \windows the same with ioctlsocket; SO_RCVTIMEO
 * is not used \since 0.1
 */
ANYSOCK_API int anysock_set_timeout(struct anysock *s, enum anysock_timeout which, int timeout_ms);

/**
 * @brief Reads a time-out back; #ANYSOCK_FOREVER on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EINVAL; #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API int anysock_get_timeout(const struct anysock *s, enum anysock_timeout which,
                                    int *timeout_ms);

/* ============================================================================================
 * Options
 * ========================================================================================= */

/**
 * Options with one integer value. Units, ranges and the kinds of socket that have them are in
 * docs/options.md; flags are 0 or 1. What is set on an IPv6 socket without V6ONLY counts for its
 * IPv4-mapped peers, too, where the system can (Linux, Windows): clear #ANYSOCK_OPTION_V6ONLY
 * first.
 *
 * What systems have besides is left out for one of these reasons:
 *
 *  - Calls do it: address reuse is anysock_bind()'s intent, linger is the choice between
 *    anysock_close(), anysock_close_flush() and anysock_abort(), time-outs of receive, send and
 *    connect (also `TCP_SYNCNT`, `TCP_KEEPINIT`, `TCP_CONNECTIONTIMEOUT`) are
 *    anysock_set_timeout(); `SO_ERROR` is anysock_connect_result().
 *  - It is no integer: groups and sources, the interface of a socket, congestion control,
 *    `TCP_INFO`, credentials, fast-open data of a client.
 *  - It does nothing without the call that goes with it, which does not exist here: the metadata of
 *    packets (addresses, hops, time stamps), zero copy, raw headers, `SO_INCOMING_NAPI_ID`.
 *  - The numbers mean something on one system only, and something else than #ANYSOCK_OPTION_MARK:
 *    `SO_SETFIB`, `SO_RTABLE`, `SO_USER_COOKIE`, `SO_NET_SERVICE_TYPE`, `SO_COMPARTMENT_ID`,
 *    Windows' hints by WSAIoctl, `SO_PAUSE_ACCEPT`, `SO_CONDITIONAL_ACCEPT`.
 * anysock_native_handle() serves programs that want these.
 */
enum anysock_option {
    ANYSOCK_OPTION_NODELAY = 1,            /**< send small pieces at once (no Nagle) */
    ANYSOCK_OPTION_KEEPALIVE = 2,          /**< probe idle connections */
    ANYSOCK_OPTION_KEEPALIVE_IDLE = 3,     /**< seconds of silence before the first probe. What a
                                                listener has, its connections have too */
    ANYSOCK_OPTION_KEEPALIVE_INTERVAL = 4, /**< seconds between probes */
    ANYSOCK_OPTION_KEEPALIVE_COUNT = 5,    /**< unanswered probes that end the connection */
    ANYSOCK_OPTION_USER_TIMEOUT = 6, /**< milliseconds that sent data may stay unacknowledged; 0:
                                        the system's rule. Systems that count seconds round up.
                                        Windows has no way back to its rule: setting 0 is
                                        #ANYSOCK_ENOPROTOOPT there; no limit reads as INT_MAX */
    ANYSOCK_OPTION_CORK = 7,         /**< hold partial segments back until it is cleared */
    ANYSOCK_OPTION_QUICK_ACK = 8,    /**< acknowledge at once; not sticky */
    ANYSOCK_OPTION_FAST_OPEN = 9,    /**< listener: how many fast-open requests may wait.
                                            Where the system has a switch (all but Linux), any
                                            number but 0 is on and reads as 1; macOS wants the
                                            socket to listen already */
    ANYSOCK_OPTION_NOT_SENT_LOW_WATER =
        10, /**< bytes not yet sent above which the socket is not writable */
    ANYSOCK_OPTION_MAX_SEGMENT = 11, /**< bytes of a segment */
    ANYSOCK_OPTION_OOB_INLINE = 12,  /**< the urgent byte comes among the others */
    ANYSOCK_OPTION_SEND_BUFFER =
        13, /**< bytes of the send buffer, as set: Linux doubles it inside */
    ANYSOCK_OPTION_RECV_BUFFER = 14,    /**< bytes of the receive buffer, as set */
    ANYSOCK_OPTION_RECV_LOW_WATER = 15, /**< bytes that make the socket readable */
    ANYSOCK_OPTION_BROADCAST = 16,      /**< may send to broadcast addresses */
    ANYSOCK_OPTION_DONT_ROUTE = 17,     /**< only to hosts on the same link */
    ANYSOCK_OPTION_TTL = 18, /**< hops of what is sent (IPv4 time to live, IPv6 hop limit). macOS
                                and the BSDs do not tell IPv6's before it is set: it reads as 64,
                                their default */
    ANYSOCK_OPTION_TOS = 19, /**< type of service byte (IPv4), traffic class (IPv6). Of a stream's
                                the two lowest bits are the system's. Windows accepts and ignores
                                it; of IPv4, Linux derives #ANYSOCK_OPTION_PRIORITY from it */
    ANYSOCK_OPTION_V6ONLY = 20, /**< IPv6 socket without IPv4-mapped peers; before bind */
    ANYSOCK_OPTION_DONT_FRAGMENT =
        21,                       /**< never fragment what is sent (OpenBSD and NetBSD: IPv6) */
    ANYSOCK_OPTION_PATH_MTU = 22, /**< bytes of the path's packets; connected sockets, read only */
    ANYSOCK_OPTION_MULTICAST_TTL = 23, /**< hops of multicast datagrams */
    ANYSOCK_OPTION_MULTICAST_LOOP =
        24, /**< multicast comes back to this host; on Windows set it on the receiver */
    ANYSOCK_OPTION_PRIORITY = 25,  /**< queueing priority (Linux) */
    ANYSOCK_OPTION_ACCEPTING = 26, /**< the socket listens; read only */
    ANYSOCK_OPTION_MULTICAST_INTERFACE =
        27, /**< index of the interface that multicast datagrams leave by; 0: the system's choice.
               #ANYSOCK_ENODEV if there is none. Where the system cannot be asked, reading it gives
               what the library has set */
    ANYSOCK_OPTION_MARK = 28,      /**< number for routing and filtering (Linux, privileged) */
    ANYSOCK_OPTION_BUSY_POLL = 29, /**< microseconds that a receive asks the device by itself before
                                      it sleeps (Linux; more than before: privileged) */
    ANYSOCK_OPTION_INCOMING_CPU =
        30, /**< processor that took the last packet, -1 for none yet (Linux); read only */
    ANYSOCK_OPTION_FREE_BIND = 31,   /**< may bind an address that is not there yet (Linux) */
    ANYSOCK_OPTION_TRANSPARENT = 32, /**< may bind any address, and takes connections that are
                                        routed here for others (Linux, the BSDs; privileged) */
    ANYSOCK_OPTION_SEND_LOW_WATER =
        33,                     /**< free bytes that make the socket writable (the BSDs, macOS) */
    ANYSOCK_OPTION_TYPE = 34,   /**< a number of enum anysock_type; read only */
    ANYSOCK_OPTION_FAMILY = 35, /**< a number of enum anysock_family; read only */
    ANYSOCK_OPTION_PROTOCOL =
        36 /**< number of the protocol, as in an IP packet: 6 is TCP, 17 UDP; read only. Where
              the system does not tell, the library knows it by the type */
};

/**
 * @brief Sets an option.
 *
 * @param value  in the option's unit and range.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (option),
 *         #ANYSOCK_ENOPROTOOPT (this system or this kind of socket has no such option, or it is
 *         read only), #ANYSOCK_EDOM (value), in this order; #ANYSOCK_EINVAL if it is too late to
 *         change it; #ANYSOCK_ENOTCONN instead, if the connection is over (macOS then refuses
 *         all of them); #ANYSOCK_EACCES; #ANYSOCK_ENOBUFS.
 *
 * Thread safety: any thread. \posix setsockopt
 * \windows setsockopt; WSAIoctl(SIO_KEEPALIVE_VALS) before Windows 10 1709 \since 0.1
 */
ANYSOCK_API int anysock_set_option(struct anysock *s, enum anysock_option option, int value);

/**
 * @brief Reads an option.
 *
 * @param value  receives the value; 0 on failure.
 * @return as anysock_set_option(), without those about the value; #ANYSOCK_ENOTCONN for
 *         #ANYSOCK_OPTION_PATH_MTU without a peer.
 *
 * Thread safety: any thread. \posix getsockopt \windows getsockopt \since 0.1
 */
ANYSOCK_API int anysock_get_option(struct anysock *s, enum anysock_option option, int *value);

/* ============================================================================================
 * Sending and receiving
 * ========================================================================================= */

/** Flags of the send and receive calls. Unknown ones are refused with #ANYSOCK_EINVAL. */
enum {
    ANYSOCK_PEEK = 0x1,     /**< receive: leave the data in the queue */
    ANYSOCK_NO_WAIT = 0x2,  /**< this one call does not wait, as if the socket were non-blocking */
    ANYSOCK_WAIT_ALL = 0x4, /**< receive on a stream: return when the buffer is full, the stream has
                                 ended or the call fails; what came before a failure counts */
    ANYSOCK_MORE = 0x8,     /**< send: more will follow at once, a hint (Linux: MSG_MORE) */
    ANYSOCK_OOB = 0x10      /**< stream: the urgent byte, beside the others. A receive with it never
                                 waits: #ANYSOCK_EAGAIN if there is none. Best effort */
};

/**
 * @brief Sends bytes on a connected socket.
 *
 * A blocking socket waits until something could be sent, a stream then usually takes all. A
 * stream may take less than length: see anysock_send_all().
 *
 * @param data    the bytes; may be null if length is 0.
 * @param length  how many; a stream call moves less than 2 GiB. 0 does nothing on a stream and
 *                sends an empty datagram otherwise.
 * @param flags   0 or of #ANYSOCK_NO_WAIT, #ANYSOCK_MORE, #ANYSOCK_OOB.
 * @param sent    receives how many bytes were taken; 0 on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (flags),
 *         #ANYSOCK_EOPNOTSUPP (#ANYSOCK_OOB on a datagram socket) for arguments; #ANYSOCK_EAGAIN
 *         (non-blocking and no room, or still connecting); #ANYSOCK_ETIMEDOUT; #ANYSOCK_ENOTCONN;
 *         #ANYSOCK_EPIPE (own shutdown, or an earlier call has failed because the peer is gone);
 *         #ANYSOCK_ECONNRESET (the first call that fails for it); the connect's error if the
 *         connect failed; of datagrams #ANYSOCK_EMSGSIZE (it is, or an earlier one was, too long
 *         for the path), #ANYSOCK_ECONNREFUSED (nobody took an earlier one, told once, on Windows
 *         to receivers only), #ANYSOCK_EACCES, #ANYSOCK_ENOBUFS, #ANYSOCK_ENETUNREACH,
 *         #ANYSOCK_EHOSTUNREACH and #ANYSOCK_EPROTO (as anysock_send_to(), or told by the network
 *         of an earlier one).
 *
 * Thread safety: any thread. \posix send(MSG_NOSIGNAL) \windows send \since 0.1
 */
ANYSOCK_API int anysock_send(struct anysock *s, const void *data, size_t length, unsigned flags,
                             size_t *sent);

/**
 * @brief Receives bytes from a connected socket.
 *
 * **End of stream** is #ANYSOCK_OK with 0 bytes. A reset never looks like it: once any call has
 * seen one, also one that only waits or looks, receive returns #ANYSOCK_ECONNRESET where the system
 * would say 0; #ANYSOCK_ETIMEDOUT once a send or receive has returned that because the peer could
 * not be reached any more.
 *
 * @param data      receives the bytes; may be null if capacity is 0.
 * @param capacity  at most so many; 0 on a stream returns at once with 0 bytes.
 * @param flags     0 or of #ANYSOCK_PEEK, #ANYSOCK_NO_WAIT, #ANYSOCK_WAIT_ALL (not with
 *                  #ANYSOCK_PEEK), #ANYSOCK_OOB.
 * @param received  receives how many bytes came; 0 at end of stream and on failure, but for
 *                  #ANYSOCK_WAIT_ALL.
 * @return #ANYSOCK_OK, also for a datagram that was cut to the capacity (anysock_recv_from()
 *         tells); #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (flags), #ANYSOCK_EOPNOTSUPP
 *         (#ANYSOCK_WAIT_ALL or #ANYSOCK_OOB on a datagram socket) for arguments; #ANYSOCK_EAGAIN
 *         (non-blocking and nothing there, or still connecting); #ANYSOCK_ETIMEDOUT (the time-out
 *         is over, or the peer cannot be reached any more); #ANYSOCK_ENOTCONN; #ANYSOCK_ECONNRESET,
 *         also if the system has given the connection up; #ANYSOCK_ECONNREFUSED (datagram: nobody
 *         took one that was sent, told once), #ANYSOCK_ENETUNREACH, #ANYSOCK_EHOSTUNREACH,
 *         #ANYSOCK_EACCES and #ANYSOCK_EPROTO (the network did not take it there); the connect's
 *         error if the connect failed.
 *
 * Thread safety: any thread. \posix recv \windows recv \since 0.1
 */
ANYSOCK_API int anysock_recv(struct anysock *s, void *data, size_t capacity, unsigned flags,
                             size_t *received);

/**
 * @brief Sends all bytes, in as many calls as it takes.
 *
 * @param sent  receives how many bytes were taken: length on success, the progress on failure.
 * @return as anysock_send(). A non-blocking socket returns #ANYSOCK_EAGAIN when there is no more
 *         room, a blocking one #ANYSOCK_ETIMEDOUT when the send time-out is over for the whole:
 *         go on with the rest later.
 *
 * Thread safety: any thread; bytes of two threads may interleave. \posix send \windows send
 * \since 0.1
 */
ANYSOCK_API int anysock_send_all(struct anysock *s, const void *data, size_t length, size_t *sent);

/**
 * @brief Receives until the buffer is full or the stream ends.
 *
 * @param received  receives how many bytes came, also on failure. Fewer than length with
 *                  #ANYSOCK_OK is the end of the stream.
 * @return as anysock_recv(), with the receive time-out once for the whole;
 *         #ANYSOCK_EOPNOTSUPP on a datagram socket.
 *
 * Thread safety: any thread. \posix recv \windows recv \since 0.1
 */
ANYSOCK_API int anysock_recv_all(struct anysock *s, void *data, size_t length, size_t *received);

/** What anysock_recv_from() has to say beside the data. */
enum {
    ANYSOCK_TRUNCATED = 0x1 /**< the datagram was longer than the buffer; its end is lost */
};

/**
 * @brief Sends a datagram to an address.
 *
 * An unbound socket gets the wildcard address and a port first. The wildcard as a destination
 * stands for the loopback address. Errors that networks report about
 * earlier datagrams of an unconnected socket are not this call's and are skipped.
 *
 * @param length  0 to 65 507 bytes over IPv4, 65 527 over IPv6.
 * @param flags   0 or #ANYSOCK_NO_WAIT.
 * @param to      of the socket's family.
 * @param sent    receives length; 0 on failure. It must not lie within data.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (flags),
 *         #ANYSOCK_EOPNOTSUPP (not a datagram socket), #ANYSOCK_EAFNOSUPPORT,
 *         #ANYSOCK_EADDRNOTAVAIL (port 0), #ANYSOCK_EISCONN (connected: use anysock_send()) for
 *         arguments; #ANYSOCK_EAGAIN; #ANYSOCK_ETIMEDOUT; #ANYSOCK_EMSGSIZE; #ANYSOCK_EPIPE (own
 *         shutdown); #ANYSOCK_EACCES (broadcast without the option, or a firewall);
 *         #ANYSOCK_ENOBUFS (the datagram was dropped); #ANYSOCK_ENETUNREACH;
 *         #ANYSOCK_EHOSTUNREACH.
 *
 * Thread safety: any thread. \posix sendto(MSG_NOSIGNAL) \windows sendto \since 0.1
 */
ANYSOCK_API int anysock_send_to(struct anysock *s, const void *data, size_t length, unsigned flags,
                                const struct anysock_addr *to, size_t *sent);

/**
 * @brief Receives a datagram and its sender.
 *
 * A datagram of 0 bytes is one: #ANYSOCK_OK with 0. On a stream the call is anysock_recv() and
 * the sender no address.
 *
 * @param flags     0 or of #ANYSOCK_PEEK, #ANYSOCK_NO_WAIT.
 * @param from      receives the sender; no address on failure. May be null.
 * @param info      receives #ANYSOCK_TRUNCATED or 0. May be null.
 * @param received  receives how many bytes came; 0 on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (flags) for arguments;
 *         #ANYSOCK_EAGAIN; #ANYSOCK_ETIMEDOUT; #ANYSOCK_ECONNREFUSED (connected, and the peer's
 *         host said that nobody is there), #ANYSOCK_ENETUNREACH, #ANYSOCK_EHOSTUNREACH,
 *         #ANYSOCK_EACCES, #ANYSOCK_EPROTO (likewise).
 *
 * Thread safety: any thread. \posix recvmsg \windows WSARecvFrom \since 0.1
 */
ANYSOCK_API int anysock_recv_from(struct anysock *s, void *data, size_t capacity, unsigned flags,
                                  struct anysock_addr *from, unsigned *info, size_t *received);

/** One piece of memory of a vectored call. */
struct anysock_buffer {
    void *data;    /**< may be null if length is 0 */
    size_t length; /**< bytes */
};

/** The most buffers that a vectored call takes. */
#define ANYSOCK_BUFFERS_MAX 64

/**
 * @brief Sends the bytes of several buffers, in order: one datagram, or a part of a stream.
 *
 * @param buffers  their bytes together; a stream call moves at most 1 GiB.
 * @param count    0 to #ANYSOCK_BUFFERS_MAX.
 * @return as anysock_send(); #ANYSOCK_EINVAL also for count.
 *
 * Thread safety: any thread. \posix sendmsg(MSG_NOSIGNAL) \windows WSASend \since 0.1
 */
ANYSOCK_API int anysock_send_vec(struct anysock *s, const struct anysock_buffer *buffers,
                                 size_t count, unsigned flags, size_t *sent);

/**
 * @brief Receives into several buffers, filled in order: one datagram, or a part of a stream.
 *
 * @param count  0 to #ANYSOCK_BUFFERS_MAX.
 * @return as anysock_recv(); #ANYSOCK_EINVAL also for count and for #ANYSOCK_WAIT_ALL.
 *
 * Thread safety: any thread. \posix recvmsg \windows WSARecv \since 0.1
 */
ANYSOCK_API int anysock_recv_vec(struct anysock *s, const struct anysock_buffer *buffers,
                                 size_t count, unsigned flags, size_t *received);

/* ============================================================================================
 * Looking without touching
 * ========================================================================================= */

/** What is known of the other side of a stream. */
enum anysock_peer_state {
    ANYSOCK_PEER_OPEN = 0,     /**< it may still send */
    ANYSOCK_PEER_FINISHED = 1, /**< it has ended its direction; unread data may be there */
    ANYSOCK_PEER_RESET = 2     /**< the connection is broken */
};

/**
 * @brief Tells whether the peer is still there, without consuming data or errors and without
 *        waiting.
 *
 * "Finished" is seen behind unread data on Linux and Windows; elsewhere, and under Wine, when
 * the data have been read.
 *
 * @param state  receives the state; #ANYSOCK_PEER_OPEN on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EOPNOTSUPP (not a stream) for
 *         arguments; #ANYSOCK_ENOTCONN.
 *
 * Thread safety: any thread. \posix poll(POLLRDHUP) \windows WSAPoll \since 0.1
 */
ANYSOCK_API int anysock_peek_state(struct anysock *s, enum anysock_peer_state *state);

/**
 * @brief How many bytes can be received without waiting; of datagrams, at least those of the
 *        first.
 *
 * @param bytes  receives the number; 0 on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT; #ANYSOCK_EBADF; #ANYSOCK_EINVAL (listening).
 *
 * Thread safety: any thread. \posix ioctl(FIONREAD) \windows ioctlsocket(FIONREAD) \since 0.1
 */
ANYSOCK_API int anysock_bytes_readable(struct anysock *s, size_t *bytes);

/* ============================================================================================
 * Waiting
 * ========================================================================================= */

/** Conditions to wait for and conditions found. The numbers are those of poll's bits. */
enum {
    ANYSOCK_READABLE = 0x01, /**< receive or accept would not wait: data, end of stream, error */
    ANYSOCK_WRITABLE = 0x04, /**< send would not wait: room, or an error; or the pending connect
                                  has its result */
    ANYSOCK_ERROR = 0x08,    /**< found only: the connection is broken or the connect failed */
    ANYSOCK_INVALID = 0x20   /**< found only, by anysock_poll(): not an open socket */
};

/** Further conditions, of queues only. */
enum {
    ANYSOCK_PRIORITY = 0x02,     /**< urgent data can be received (#ANYSOCK_OOB) */
    ANYSOCK_HANG_UP = 0x10,      /**< found only: both directions have ended, or none began */
    ANYSOCK_PEER_CLOSED = 0x2000 /**< the peer has ended its direction, or the connection is
                                      broken; unread data may be there */
};

/**
 * @brief Waits until a socket has one of the wanted conditions. The socket's mode and time-outs
 *        do not matter.
 *
 * @param wanted      #ANYSOCK_READABLE, #ANYSOCK_WRITABLE or both.
 * @param timeout_ms  how long at most; 0 only looks, #ANYSOCK_FOREVER.
 * @param events      receives the conditions found; 0 on failure. #ANYSOCK_ERROR comes unasked
 *                    and brings the wanted conditions with it.
 * @return #ANYSOCK_OK when there is one; #ANYSOCK_ETIMEDOUT; #ANYSOCK_EINVAL; #ANYSOCK_EBADF;
 *         #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread. \posix poll \windows WSAPoll; select while connecting \since 0.1
 */
ANYSOCK_API int anysock_wait(struct anysock *s, unsigned wanted, int timeout_ms, unsigned *events);

/** One socket of an anysock_poll() call. */
struct anysock_poll_item {
    struct anysock *socket; /**< null: this entry is ignored */
    uint32_t wanted;        /**< #ANYSOCK_READABLE, #ANYSOCK_WRITABLE, both or 0 */
    uint32_t events;        /**< out: the conditions found, 0 for none */
};

/** The most entries that anysock_poll() takes. */
#define ANYSOCK_POLL_MAX 256

/**
 * @brief Waits until one of a few sockets has one of its wanted conditions.
 *
 * The same everywhere: entries without socket are ignored, a closed socket is reported as
 * #ANYSOCK_INVALID at once, no entries at all just sleep, and end of stream counts as readable.
 *
 * @param items       the sockets; each at most once.
 * @param count       0 to #ANYSOCK_POLL_MAX.
 * @param timeout_ms  how long at most; 0 only looks, #ANYSOCK_FOREVER.
 * @param ready       receives how many entries have events; 0 when the time ran out.
 * @return #ANYSOCK_OK, also when the time ran out; #ANYSOCK_EINVAL; #ANYSOCK_EFAULT;
 *         #ANYSOCK_ENOMEM.
 *
 * Thread safety: any thread. \posix poll \windows WSAPoll, and select while one connects; Sleep for
 * no entries \since 0.1
 */
ANYSOCK_API int anysock_poll(struct anysock_poll_item *items, size_t count, int timeout_ms,
                             size_t *ready);

/* ============================================================================================
 * Queues: many sockets
 * ========================================================================================= */

struct anysock_queue;

/** Flags of anysock_queue_open(). */
enum {
    ANYSOCK_QUEUE_PORTABLE = 0x1 /**< poll, or WSAPoll, even where the system has better: slow
                                      with many sockets, but there is nothing that it needs. On
                                      macOS, NetBSD and OpenBSD see anysock_queue_add() about
                                      #ANYSOCK_PEER_CLOSED */
};

/** How often a condition is reported. */
enum anysock_queue_mode {
    ANYSOCK_QUEUE_LEVEL = 0,    /**< by every wait, as long as it lasts */
    ANYSOCK_QUEUE_ONE_SHOT = 1, /**< once; then nothing at all until anysock_queue_modify() */
    ANYSOCK_QUEUE_EDGE = 2      /**< when it begins. After an event go on until the call returns
                                     #ANYSOCK_EAGAIN: before that no further one is promised,
                                     though it may come */
};

#pragma pack(push, 4)
/** What happened to one socket of a queue. 12 bytes with 64-bit pointers, so that Linux can fill
 * it in by itself. */
struct anysock_queue_event {
    uint32_t events; /**< of #ANYSOCK_READABLE, #ANYSOCK_WRITABLE, #ANYSOCK_PRIORITY,
                          #ANYSOCK_PEER_CLOSED, #ANYSOCK_ERROR, #ANYSOCK_HANG_UP */
    void *data;      /**< as given to anysock_queue_add() or anysock_queue_modify() */
};
#pragma pack(pop)

/**
 * @brief Makes a queue: it watches any number of sockets, at a cost that follows the number of
 *        those that have something to say.
 *
 * Linux uses epoll, macOS and the BSDs kqueue, Windows its Ancillary Function Driver; where that
 * is not to be had, poll takes over (anysock_queue_backend() tells).
 *
 * @param flags  0 or #ANYSOCK_QUEUE_PORTABLE.
 * @param queue  receives the queue; null on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT; #ANYSOCK_EINVAL; #ANYSOCK_ENOMEM; #ANYSOCK_EMFILE;
 *         #ANYSOCK_ENFILE; those of anysock_startup().
 *
 * Thread safety: any thread. Allocates. \posix epoll_create1, eventfd; kqueue
 * \windows NtCreateFile(\\Device\\Afd), CreateIoCompletionPort \since 0.1
 */
ANYSOCK_API int anysock_queue_open(unsigned flags, struct anysock_queue **queue);

/**
 * @brief Frees a queue.
 *
 * @param queue  null does nothing.
 * @return #ANYSOCK_OK; #ANYSOCK_EBUSY while sockets are registered or a thread waits: remove or
 *         close those first.
 *
 * Thread safety: wants other threads out, also those that still send or receive on a socket that
 * was removed just now. \posix close \windows CloseHandle \since 0.1
 */
ANYSOCK_API int anysock_queue_close(struct anysock_queue *queue);

/**
 * @brief Registers a socket. It stays registered until anysock_queue_remove(), or until it is
 *        closed or released, which remove it first. It may be moved in memory meanwhile. Its mode
 *        and time-outs do not matter.
 *
 * The events mean the same everywhere:
 *  - #ANYSOCK_READABLE whenever receive or accept would not wait, be it for data, the end of the
 *    stream, an error, or an own shutdown; #ANYSOCK_WRITABLE likewise for send, and when a pending
 *    connect has its result. A fresh stream, neither connecting nor listening, has both.
 *  - #ANYSOCK_ERROR when the connection is broken, the connect failed, or (datagrams) nobody is
 *    there; #ANYSOCK_HANG_UP when both directions of a stream have ended. Both come unasked and
 *    bring #ANYSOCK_READABLE and #ANYSOCK_WRITABLE with them, if wanted.
 *  - #ANYSOCK_PEER_CLOSED also while unread data are there. Only poll of macOS, NetBSD and OpenBSD
 *    may hide it, and a #ANYSOCK_HANG_UP that follows from it, until they have been read: in a
 *    portable queue, which looks every 20 ms as long as such data are not wanted; and with kqueue,
 *    after an own shutdown of a direction that is wanted.
 *
 * @param wanted  of #ANYSOCK_READABLE, #ANYSOCK_WRITABLE, #ANYSOCK_PRIORITY, #ANYSOCK_PEER_CLOSED;
 *                0 for errors and hang-ups only.
 * @param mode    see there.
 * @param data    anything; comes with every event.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (wanted or mode) for
 *         arguments; #ANYSOCK_EBUSY if the socket is in a queue already; #ANYSOCK_ENOMEM;
 *         #ANYSOCK_EOPNOTSUPP (#ANYSOCK_PRIORITY on FreeBSD and NetBSD, whose kqueue lacks it);
 *         #ANYSOCK_ENOBUFS (a limit of the system); #ANYSOCK_EMFILE, #ANYSOCK_ENFILE (Linux: the
 *         first one-shot or connected datagram socket of a queue needs a descriptor);
 *         #ANYSOCK_EPROVIDER (Windows: somebody's layer hides the socket from the system).
 *
 * Thread safety: any thread, also while one waits in the queue, and on one socket too as long as
 * all mean the same queue. \posix epoll_ctl; kevent \windows WSAIoctl(SIO_BASE_HANDLE) \since 0.1
 */
ANYSOCK_API int anysock_queue_add(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                                  enum anysock_queue_mode mode, void *data);

/**
 * @brief Changes what a registered socket is watched for, how, and its data.
 *
 * The conditions that are there already are reported anew: this is how a one-shot registration is
 * armed again. A level-triggered one that stays as it is costs no system call. What a wait that is
 * under way has found before may still come, with the data of before.
 * A listener whose accept fails for want of descriptors (#ANYSOCK_EMFILE) would be reported by
 * every wait: want 0 of it until one has been closed.
 *
 * @return as anysock_queue_add(), but #ANYSOCK_EINVAL also if the socket is not in this queue.
 *
 * Thread safety: as anysock_queue_add(). \posix epoll_ctl; kevent
 * \windows NtCancelIoFileEx \since 0.1
 */
ANYSOCK_API int anysock_queue_modify(struct anysock_queue *queue, struct anysock *s,
                                     unsigned wanted, enum anysock_queue_mode mode, void *data);

/**
 * @brief Takes a socket out: no wait that begins afterwards returns an event of it, whatever
 *        becomes of its descriptor's number. Events that a wait has returned already are the
 *        caller's own.
 *
 * With "poll" (see anysock_queue_backend()) it makes another thread's poll return, and waits for
 * that, so that the system has let go of the socket; the thread's wait goes on.
 *
 * @return #ANYSOCK_OK, also if it is in no queue; #ANYSOCK_EINVAL if it is in another one;
 *         #ANYSOCK_EFAULT; #ANYSOCK_EBADF.
 *
 * Thread safety: as anysock_queue_add(). \posix epoll_ctl; kevent
 * \windows NtCancelIoFileEx \since 0.1
 */
ANYSOCK_API int anysock_queue_remove(struct anysock_queue *queue, struct anysock *s);

/**
 * @brief Waits until sockets of the queue have something to say, or somebody calls
 *        anysock_queue_wake().
 *
 * An object that data points to must live until all events of this wait have been looked at, also
 * if its socket is removed while they are.
 *
 * @param events      receives the events, one a socket. If another thread changes the socket or its
 *                    registration meanwhile, one of it as it was may come beside the new one,
 *                    each with its own data.
 * @param capacity    the most events to receive, from 1. What does not fit comes with the next
 *                    wait. With "afd" a condition that has just begun may also come up to seven
 *                    waits later, if those have other events: the call that finds it is dear.
 * @param timeout_ms  how long at most; 0 only looks, #ANYSOCK_FOREVER.
 * @param count       receives how many events there are; 0 when the time ran out and on failure. A
 *                    wake may come alone, with 0, or together with events: look at what it is about
 *                    after every wait.
 * @return #ANYSOCK_OK, also when the time ran out and after a wake; #ANYSOCK_EFAULT,
 *         #ANYSOCK_EINVAL (capacity or timeout_ms) for arguments; #ANYSOCK_EBUSY if another thread
 *         waits in this queue; #ANYSOCK_ENOMEM.
 *
 * Thread safety: one thread at a time per queue. \posix epoll_wait; kevent; poll
 * \windows NtDeviceIoControlFile, GetQueuedCompletionStatusEx; WSAPoll \since 0.1
 */
ANYSOCK_API int anysock_queue_wait(struct anysock_queue *queue, struct anysock_queue_event *events,
                                   size_t capacity, int timeout_ms, size_t *count);

/**
 * @brief Makes the wait of another thread, or else the next one, return at once.
 *
 * Never lost; several before the wait returns count as one. What the caller wrote before is seen
 * by the thread that is woken.
 *
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT.
 *
 * Thread safety: any thread; on POSIX from signal handlers too. \posix write
 * \windows PostQueuedCompletionStatus \since 0.1
 */
ANYSOCK_API int anysock_queue_wake(struct anysock_queue *queue);

/**
 * @brief What the queue works with: "epoll", "kqueue", "afd" or "poll"; "" for null.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API const char *anysock_queue_backend(const struct anysock_queue *queue);

/**
 * @brief The native handle for a foreign loop: a descriptor that is readable while a wait would
 *        not wait. Never close, read or change it yourself.
 *
 * @return the descriptor with epoll and kqueue; -1 with poll, on Windows (a completion port
 *         cannot be waited for), and for null.
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API anysock_waitable anysock_queue_native(const struct anysock_queue *queue);

/* ============================================================================================
 * Events: a socket as something that a foreign loop can wait for
 * ========================================================================================= */

/**
 * @brief Makes an event: a `HANDLE` on Windows, a pollable descriptor elsewhere, that is
 *        signalled while the socket bound to it has one of the wanted conditions.
 *
 * What is promised to a foreign loop:
 *  - **No condition is lost.** The native handle is signalled while the socket has a wanted
 *    condition, with the meaning of anysock_wait(): also what was there before the binding, what
 *    was not read to its end, and what only the library knows: an own shutdown, a reset that some
 *    call has seen, a connect that failed. Nothing has to be drained for that, and end of stream
 *    and errors last.
 *  - **A signal may be older than the condition.** On Windows it stays until the next call of
 *    anysock_event_which(), _rearm() or _wait(); elsewhere it goes by itself. So ask
 *    anysock_event_which() before a call that would wait, or make the socket non-blocking.
 *  - **What the loop takes away it gives back.** The `HANDLE` is one that stays set until it is
 *    reset, and the library resets it. A loop that resets it by itself, or wants no signal about
 *    what it has just handled, calls anysock_event_rearm() before it waits again.
 *
 * @param event  receives the event; null on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT; #ANYSOCK_ENOMEM; #ANYSOCK_EMFILE; #ANYSOCK_ENFILE;
 *         those of anysock_startup().
 *
 * Thread safety: any thread. Allocates. \posix epoll_create1; kqueue
 * \windows WSACreateEvent \since 0.1
 */
ANYSOCK_API int anysock_event_create(struct anysock_event **event);

/**
 * @brief Frees an event.
 *
 * @param event  null does nothing.
 * @return #ANYSOCK_OK; #ANYSOCK_EBUSY while a socket is bound to it: unbind or close that first.
 *
 * Thread safety: wants other threads out. \posix close \windows WSACloseEvent \since 0.1
 */
ANYSOCK_API int anysock_event_destroy(struct anysock_event *event);

/**
 * @brief Binds a socket to an event: one socket per event, one event per socket. The socket may be
 *        in a queue as well, and may be moved in memory.
 *
 * The socket keeps its logical mode: a blocking one goes on blocking, although Windows makes the
 * descriptor non-blocking.
 *
 * Windows has one selection per socket. If another library has selected events on this one
 * (`WSAEventSelect`, `WSAAsyncSelect`), binding would take them away, and is refused. Nobody can
 * refuse the other way round: such a selection on a bound socket silently takes the association
 * over. Unbind before you lend the socket, or call anysock_event_rearm() when you have it back.
 *
 * @param wanted  #ANYSOCK_READABLE, #ANYSOCK_WRITABLE or both.
 * @return #ANYSOCK_OK; #ANYSOCK_EFAULT, #ANYSOCK_EBADF, #ANYSOCK_EINVAL (wanted) for arguments;
 *         #ANYSOCK_EBUSY if either is bound already, or somebody else's selection is on the socket;
 *         #ANYSOCK_ENOMEM; #ANYSOCK_EMFILE; #ANYSOCK_ENOBUFS (a limit of the system).
 *
 * Thread safety: wants other threads out. \posix epoll_ctl or kevent, fcntl, poll
 * \windows WSAEventSelect, ioctlsocket, then as anysock_event_which() \since 0.1
 */
ANYSOCK_API int anysock_event_bind(struct anysock_event *event, struct anysock *s, unsigned wanted);

/**
 * @brief Takes the socket from its event and gives the descriptor its mode back.
 *
 * @return #ANYSOCK_OK, also if it has none; #ANYSOCK_EBADF; #ANYSOCK_EFAULT.
 *
 * Thread safety: wants other threads out. \posix epoll_ctl or kevent, fcntl
 * \windows WSAEventSelect(0), WSAResetEvent, ioctlsocket \since 0.1
 */
ANYSOCK_API int anysock_event_unbind(struct anysock *s);

/**
 * @brief Tells which wanted conditions the bound socket has now, and renews the signal: the
 *        event is signalled afterwards if and only if there is one.
 *
 * Call it after a foreign loop reported the native handle. A handle may be signalled although
 * the condition is over by now; then events is 0.
 *
 * @param events  receives the conditions; 0 for none and on failure. #ANYSOCK_ERROR comes unasked
 *                and brings the wanted conditions with it.
 * @return #ANYSOCK_OK; #ANYSOCK_EINVAL if no socket is bound; #ANYSOCK_EFAULT; #ANYSOCK_EBADF if
 *         somebody else has closed the descriptor; #ANYSOCK_EMFILE if there is a condition that
 *         only the library knows, and no descriptor to signal it with.
 *
 * Thread safety: one thread at a time per event. \posix poll
 * \windows WSAEnumNetworkEvents, WSAPoll or select, WSASetEvent; a send of nothing, while there is
 * no room \since 0.1
 */
ANYSOCK_API int anysock_event_which(struct anysock_event *event, unsigned *events);

/**
 * @brief Puts the signal right without telling: the event is signalled afterwards if and only if
 *        the bound socket has one of the wanted conditions, whatever was done to the handle.
 *
 * Windows needs it in three cases; elsewhere it changes nothing, so that programs need not tell
 * the systems apart:
 *  - the loop has handled the conditions and does not want to be signalled about them once more;
 *  - the loop resets the handle, as those do that take every handle for an edge;
 *  - another library has selected events on the socket: the association is taken back.
 *
 * @return as anysock_event_which().
 *
 * Thread safety: one thread at a time per event. \posix poll
 * \windows WSAEventSelect, then as anysock_event_which() \since 0.1
 */
ANYSOCK_API int anysock_event_rearm(struct anysock_event *event);

/**
 * @brief Waits until the bound socket has one of the wanted conditions.
 *
 * @param timeout_ms  how long at most; 0 only looks, #ANYSOCK_FOREVER.
 * @param events      receives the conditions found, as anysock_event_which(); 0 on failure.
 * @return #ANYSOCK_OK; #ANYSOCK_ETIMEDOUT; those of anysock_event_which(), #ANYSOCK_EINVAL also for
 *         timeout_ms.
 *
 * Thread safety: one thread at a time per event. \posix poll
 * \windows WaitForSingleObject, then as anysock_event_which() \since 0.1
 */
ANYSOCK_API int anysock_event_wait(struct anysock_event *event, int timeout_ms, unsigned *events);

/**
 * @brief The native handle for a foreign loop: give it to `WaitForMultipleObjects` on Windows,
 *        to `poll` (for reading) elsewhere. Never close or read it yourself; if you reset it, see
 *        anysock_event_rearm().
 *
 * Thread safety: any thread. \since 0.1
 */
ANYSOCK_API anysock_waitable anysock_event_native(const struct anysock_event *event);

/* ============================================================================================
 * The straight way of the two hottest calls, compiled into the caller
 *
 * A send or receive on a connected stream without flags and time-outs needs of the library only to
 * know that it is one: a byte of the socket says so. Where the compiler optimises for speed, that
 * byte is tested by the caller, and the system's call is one jump away; everything else still is
 * the function's. Nothing changes but the price: ANYSOCK_OUT_OF_LINE, defined before the header is
 * included, takes the functions everywhere. A program may take their addresses in either case.
 *
 * By that, the places of native_ and plain_ in struct anysock are part of the binary interface.
 * ========================================================================================= */

/** @internal One try of the system. Thread safety: as anysock_send(). */
ANYSOCK_API ptrdiff_t anysock_send_now_(anysock_native native, const void *data, size_t length);
/** @internal One try of the system. Thread safety: as anysock_recv(). */
ANYSOCK_API ptrdiff_t anysock_recv_now_(anysock_native native, void *data, size_t capacity);
/** @internal Whether that failed as it does every day. Thread safety: as anysock_recv(). */
ANYSOCK_API bool anysock_is_eagain_(const struct anysock *s);
/** @internal What it takes after another result. Thread safety: as anysock_send(). */
ANYSOCK_API int anysock_send_after_(struct anysock *s, const void *data, size_t length,
                                    ptrdiff_t count, size_t *sent);
/** @internal What it takes after another result. Thread safety: as anysock_recv(). */
ANYSOCK_API int anysock_recv_after_(struct anysock *s, void *data, size_t capacity, ptrdiff_t count,
                                    size_t *received);

#if defined(__GNUC__) && defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) &&                   \
    !defined(ANYSOCK_OUT_OF_LINE)

static inline int anysock_send_inline_(struct anysock *s, const void *data, size_t length,
                                       unsigned flags, size_t *sent) {
    ptrdiff_t count;
    if (s == NULL || sent == NULL || data == NULL || length == 0 ||
        flags >= __atomic_load_n(&s->plain_[0], __ATOMIC_RELAXED))
        return anysock_send(s, data, length, flags, sent);
    count = anysock_send_now_(s->native_, data, length);
    if (count > 0) {
        *sent = (size_t)count;
        return ANYSOCK_OK;
    }
    if (count < 0 && anysock_is_eagain_(s)) {
        *sent = 0;
        return ANYSOCK_EAGAIN;
    }
    return anysock_send_after_(s, data, length, count, sent);
}

static inline int anysock_recv_inline_(struct anysock *s, void *data, size_t capacity,
                                       unsigned flags, size_t *received) {
    ptrdiff_t count;
    if (s == NULL || received == NULL || data == NULL || capacity == 0 ||
        flags >= __atomic_load_n(&s->plain_[1], __ATOMIC_RELAXED))
        return anysock_recv(s, data, capacity, flags, received);
    count = anysock_recv_now_(s->native_, data, capacity);
    if (count > 0) {
        *received = (size_t)count;
        return ANYSOCK_OK;
    }
    if (count < 0 && anysock_is_eagain_(s)) {
        *received = 0;
        return ANYSOCK_EAGAIN;
    }
    return anysock_recv_after_(s, data, capacity, count, received);
}

#define anysock_send anysock_send_inline_
#define anysock_recv anysock_recv_inline_

#endif

#ifdef __cplusplus
}
#endif

#endif /* ANYSOCK_H */
