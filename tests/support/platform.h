/*
 * What tests need of the system besides sockets, so that no test has a condition: threads, foreign
 * hands on a descriptor, counts of handles and allocations, signals. One file per system.
 */
#ifndef TESTS_PLATFORM_H
#define TESTS_PLATFORM_H

#include <stdbool.h>

#include "anysock.h"

/* A thread that runs a function and returns its result. Only the main thread may assert. */
struct thread {
    int (*function)(void *);
    void *argument;
    int result;
    uintptr_t handle;
};
void thread_start(struct thread *thread, int (*function)(void *), void *argument);
int thread_join(struct thread *thread);

/* A foreign library at work on a native handle: it sets the mode by itself, or selects events on
 * the socket (WSAEventSelect; elsewhere, where there is no such thing, it sets the mode). */
void foreign_set_nonblocking(anysock_native native, bool nonblocking);
void foreign_select(anysock_native native);
void foreign_unselect(anysock_native native);
/* The same with WSAAsyncSelect. */
void foreign_async_select(anysock_native native);

/* The kernel mode of a connected socket that has nothing to read. */
bool kernel_is_nonblocking(anysock_native native);
/* Whether child processes inherit it. */
bool is_inheritable(anysock_native native);
/* A socket made by the system's own call, with its defaults. */
anysock_native foreign_socket(void);
void foreign_close(anysock_native native);
/* One of a kind that the library does not know; false where the system makes none, or not for this
 * user. */
enum foreign_kind { FOREIGN_LOCAL_STREAM, FOREIGN_RAW };
bool foreign_socket_of(enum foreign_kind kind, anysock_native *native);
/* The index of the loopback interface. */
unsigned loopback_interface(void);
/* Binds it to the loopback interface natively, if there is such a thing; whether it still is. */
bool foreign_tie(anysock_native native);
bool is_tied(anysock_native native);
/* Lets nothing through to a connection any more, as if the network were cut; false if the system
 * cannot. */
bool foreign_silence(anysock_native native);
/* Ends receiving natively. */
void foreign_shutdown_receiving(anysock_native native);
/* Sets a linger time natively: close is to wait for unsent data. */
void foreign_linger(anysock_native native, int seconds);
/* Tries to take an address over: binds it with the raw options for that, each and all together. */
bool can_hijack(enum anysock_type type, const struct anysock_addr *addr);
/* Whether two servers may be bound to one stream's address, as long as none of them listens. */
bool servers_may_bind_alike(void);
/* Whether the kernel spreads connections and datagrams among several servers. */
bool kernel_balances(void);
/* Whether a refusal of a connected datagram socket fails its next send, too. */
bool refusals_fail_sends(void);
/* Whether an IPv6 socket takes and tells the options that its IPv4-mapped peers go by. */
bool inet6_sockets_have_ipv4_options(void);
/* What an option reads as that was set to a value: some systems have coarser ones. -1 if there is
 * no such value. */
int option_as_told(enum anysock_option option, int value);
/* A descriptor that is open but no socket. */
anysock_native not_a_socket(void);
void close_not_a_socket(anysock_native native);
/* Whether child processes inherit a waitable. */
bool waitable_is_inheritable(anysock_waitable waitable);
/* How many of all descriptors or handles of the process they inherit. */
unsigned inheritable_handles(void);
/* Runs the test program itself as a child process that inherits all it can, and tells how many of
 * these handles are sockets there; -1 if the child cannot run. Its main calls count_in_child()
 * first, which returns what main is to return in such a child, and -1 in the parent. */
int count_inherited(const char *program, const anysock_native *natives, size_t count);
int count_in_child(int argc, char **argv);
/* Waits for a waitable as a foreign loop does. */
bool waitable_is_signalled(anysock_waitable waitable, int timeout_ms);
/* Takes its signal away, as a loop does that takes handles for edges; only Windows can. */
void waitable_reset(anysock_waitable waitable);

/* Zeros that can be read and written and take no memory until they are written; null where a size_t
 * cannot count so many. */
char *take_zeros(uint64_t length);
void give_zeros_back(char *zeros, uint64_t length);

/* How many descriptors or handles the process has open. */
unsigned open_handles(void);
/* How often the library has called malloc, calloc or realloc, and for how many bytes; what was
 * given back is not taken off. */
unsigned allocations(void);
size_t allocated_bytes(void);
/* Lets so many allocations of the library succeed, and then no more, until they are allowed. */
void forbid_allocations(unsigned after);
void allow_allocations(void);

/* Interrupts the calling thread's system calls every millisecond, if the system has signals. */
bool start_signals(void);
/* The same, and each signal's handler calls a function. */
bool start_signals_that_call(void (*function)(void));
/* Returns how many signals came. */
unsigned stop_signals(void);

/* Has SIGPIPE, where there is such a thing, end the program, as it does by default; and whether it
 * still would: it is not ignored, handled, blocked or pending. */
void make_sigpipe_deadly(void);
bool sigpipe_is_deadly(void);

/* Runs a function without the rights of a privileged user, in a process of its own, and gives its
 * result; false where there is no such thing. */
bool run_unprivileged(int (*function)(void *), void *argument, int *result);

/* Lets the process open no further descriptors, if the system can be told so. */
bool forbid_descriptors(void);
void allow_descriptors(void);

/* The system's own name of an error number, or its text for one that is newer than the tests; null
 * where it has none. */
const char *system_error_name(int native);
struct resolver_name {
    const char *name;
    int number;
};
/* The number that the system's headers give one of getaddrinfo's results, EAI_...; false where it
 * has no such result. */
bool resolver_number(const char *name, int *number);
/* What getaddrinfo says when it may not ask anybody. */
int foreign_lookup(const char *host);

/* Whether the system's poll tells of the end of a stream before the data in front of it are read.
 */
bool poll_sees_ends_behind_data(void);
/* Whether the system knows a connection's peer when the connection is over. */
bool former_peers_are_known(void);
/* The tests run under Wine, which deviates from Windows: see deviations.h. */
bool is_wine(void);
/* The system is Windows, real or Wine. */
bool is_windows(void);

#endif
