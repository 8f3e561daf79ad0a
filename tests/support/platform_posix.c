/*
 * What tests need of a POSIX system.
 */
#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#ifdef __linux__
#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/syscall.h>
#endif
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void *run(void *argument) {
    struct thread *thread = argument;
    thread->result = thread->function(thread->argument);
    return NULL;
}

/* The thread takes no signals: those of start_signals() are meant for the main thread. */
void thread_start(struct thread *thread, int (*function)(void *), void *argument) {
    pthread_t id;
    sigset_t all, own;
    thread->function = function;
    thread->argument = argument;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &own);
    if (pthread_create(&id, NULL, run, thread) != 0)
        abort();
    (void)pthread_sigmask(SIG_SETMASK, &own, NULL);
    thread->handle = (uintptr_t)id;
}

int thread_join(struct thread *thread) {
    (void)pthread_join((pthread_t)thread->handle, NULL);
    return thread->result;
}

void foreign_set_nonblocking(anysock_native native, bool nonblocking) {
    int flags = fcntl(native, F_GETFL);
    if (fcntl(native, F_SETFL, nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) != 0)
        abort();
}

void foreign_select(anysock_native native) {
    foreign_set_nonblocking(native, true);
}

void foreign_unselect(anysock_native native) {
    foreign_set_nonblocking(native, false);
}

void foreign_async_select(anysock_native native) {
    foreign_set_nonblocking(native, true);
}

bool kernel_is_nonblocking(anysock_native native) {
    return (fcntl(native, F_GETFL) & O_NONBLOCK) != 0;
}

bool is_inheritable(anysock_native native) {
    return (fcntl(native, F_GETFD) & FD_CLOEXEC) == 0;
}

anysock_native foreign_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}

void foreign_close(anysock_native native) {
    (void)close(native);
}

bool foreign_socket_of(enum foreign_kind kind, anysock_native *native) {
    bool local = kind == FOREIGN_LOCAL_STREAM;
    *native = local ? socket(AF_UNIX, SOCK_STREAM, 0) : socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    return *native >= 0;
}

void foreign_linger(anysock_native native, int seconds) {
    struct linger linger = {1, seconds};
    if (setsockopt(native, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) != 0)
        abort();
}

/* Linux calls it lo, the others lo0. */
unsigned loopback_interface(void) {
    unsigned index = if_nametoindex("lo");
    return index != 0 ? index : if_nametoindex("lo0");
}

bool foreign_tie(anysock_native native) {
#ifdef SO_BINDTODEVICE
    return setsockopt(native, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2) == 0;
#else
    (void)native;
    return false;
#endif
}

bool is_tied(anysock_native native) {
    char name[64] = "";
#ifdef SO_BINDTODEVICE
    socklen_t length = sizeof name;
    if (getsockopt(native, SOL_SOCKET, SO_BINDTODEVICE, name, &length) != 0)
        abort();
#else
    (void)native;
#endif
    return name[0] != '\0';
}

bool foreign_silence(anysock_native native) {
#ifdef SO_ATTACH_FILTER
    struct sock_filter drop = {BPF_RET | BPF_K, 0, 0, 0};
    struct sock_fprog program = {1, &drop};
    return setsockopt(native, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
#else
    (void)native;
    return false;
#endif
}

void foreign_shutdown_receiving(anysock_native native) {
    if (shutdown(native, SHUT_RD) != 0)
        abort();
}

/* Whether a new socket with both of these options gets the address. */
static bool can_bind_with(const int *options, int type, const struct sockaddr_storage *raw,
                          size_t length) {
    int on = 1, fd = socket(raw->ss_family, type, 0);
    if (fd < 0)
        abort();
    for (int i = 0; i < 2; i++)
        if (setsockopt(fd, SOL_SOCKET, options[i], &on, sizeof on) != 0)
            abort();
    int result = bind(fd, (const struct sockaddr *)raw, (socklen_t)length);
    (void)close(fd);
    return result == 0;
}

bool can_hijack(enum anysock_type type, const struct anysock_addr *addr) {
    static const int ways[][2] = {
        {SO_REUSEADDR, SO_REUSEADDR},
#ifdef SO_REUSEPORT
        {SO_REUSEPORT, SO_REUSEPORT},
        {SO_REUSEADDR, SO_REUSEPORT},
#endif
    };
    struct sockaddr_storage raw;
    size_t length;
    bool taken = false;
    if (anysock_addr_to_native(addr, &raw, sizeof raw, &length) != ANYSOCK_OK)
        abort();
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        taken = can_bind_with(ways[i], type == ANYSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, &raw,
                              length) ||
                taken;
    return taken;
}

bool servers_may_bind_alike(void) {
#ifdef __linux__
    return true;
#else
    return false;
#endif
}

bool kernel_balances(void) {
#if defined(__linux__) || defined(SO_REUSEPORT_LB) || defined(__DragonFly__)
    return true;
#else
    return false;
#endif
}

bool refusals_fail_sends(void) {
    return true;
}

bool inet6_sockets_have_ipv4_options(void) {
#ifdef __linux__
    return true;
#else
    return false; /* the BSDs refuse IPv4's level there */
#endif
}

int option_as_told(enum anysock_option option, int value) {
#ifndef __linux__
    if (option == ANYSOCK_OPTION_FAST_OPEN)
        return value != 0;
    if (option == ANYSOCK_OPTION_USER_TIMEOUT)
        return value <= INT_MAX - 999 ? (value + 999) / 1000 * 1000 : INT_MAX;
#else
    (void)option;
#endif
    return value;
}

anysock_native not_a_socket(void) {
    return open("/dev/null", O_RDONLY);
}

void close_not_a_socket(anysock_native native) {
    (void)close(native);
}

bool waitable_is_inheritable(anysock_waitable waitable) {
    return is_inheritable(waitable);
}

/* More than any test has open; there is no list of them on every system. */
#define HIGHEST 4096

unsigned inheritable_handles(void) {
    unsigned count = 0;
    for (int fd = 0; fd <= HIGHEST; fd++) {
        int flags = fcntl(fd, F_GETFD);
        count += flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    return count;
}

/* What the child is told: this word, and the descriptors. */
#define COUNT_THESE "--count-sockets"
#define MOST 16

int count_inherited(const char *program, const anysock_native *natives, size_t count) {
    char numbers[MOST][16];
    char word[] = COUNT_THESE;
    char *arguments[MOST + 3] = {(char *)(uintptr_t)program, word};
    for (size_t i = 0; i < count && i < MOST; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", natives[i]);
        arguments[i + 2] = numbers[i];
    }
    pid_t child = fork();
    if (child == 0) {
        (void)execv(program, arguments);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status) <= MOST ? WEXITSTATUS(status) : -1;
}

int count_in_child(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], COUNT_THESE) != 0)
        return -1;
    int found = 0;
    for (int i = 2; i < argc; i++) {
        int type;
        socklen_t length = sizeof type;
        found += getsockopt(atoi(argv[i]), SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    }
    return found;
}

bool waitable_is_signalled(anysock_waitable waitable, int timeout_ms) {
    struct pollfd fd = {waitable, POLLIN, 0};
    return poll(&fd, 1, timeout_ms) == 1;
}

void waitable_reset(anysock_waitable waitable) {
    (void)waitable; /* it is what it is */
}

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0 /* nobody reserves there */
#endif

char *take_zeros(uint64_t length) {
    if (length > SIZE_MAX)
        return NULL;
    char *zeros = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (zeros == MAP_FAILED)
        abort();
    return zeros;
}

void give_zeros_back(char *zeros, uint64_t length) {
    (void)munmap(zeros, (size_t)length);
}

unsigned open_handles(void) {
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count;
}

static atomic_uint signals;
static void (*called)(void);

static void count_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
    if (called != NULL)
        called();
}

bool start_signals(void) {
    return start_signals_that_call(NULL);
}

bool start_signals_that_call(void (*function)(void)) {
    struct sigaction action;
    called = function;
    struct itimerval every_ms = {{0, 1000}, {0, 1000}};
    memset(&action, 0, sizeof action);
    action.sa_handler = count_signal; /* no SA_RESTART: calls do get EINTR */
    atomic_store(&signals, 0);
    return sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &every_ms, NULL) == 0;
}

unsigned stop_signals(void) {
    struct itimerval never = {{0, 0}, {0, 0}};
    (void)setitimer(ITIMER_REAL, &never, NULL);
    return atomic_load(&signals);
}

/* Whoever starts the tests may ignore it, and that is inherited. */
void make_sigpipe_deadly(void) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    if (signal(SIGPIPE, SIG_DFL) == SIG_ERR || pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0)
        abort();
}

bool sigpipe_is_deadly(void) {
    struct sigaction action;
    sigset_t blocked, pending;
    if (sigaction(SIGPIPE, NULL, &action) != 0 ||
        pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0 || sigpending(&pending) != 0)
        abort();
    return action.sa_handler == SIG_DFL && sigismember(&blocked, SIGPIPE) == 0 &&
           sigismember(&pending, SIGPIPE) == 0;
}

/* The user that owns nothing, where the process may become another one. */
#define NOBODY 65534

static bool drop_privileges(void) {
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return false;
#ifdef __linux__
    /* Another user may have been given some all the same. */
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) != 0)
        return false;
#endif
    return geteuid() != 0;
}

bool run_unprivileged(int (*function)(void *), void *argument, int *result) {
    int ends[2], status;
    if (pipe(ends) != 0)
        abort();
    pid_t child = fork();
    if (child == 0) {
        if (!drop_privileges())
            _exit(1);
        int code = function(argument);
        _exit(write(ends[1], &code, sizeof code) == (ssize_t)sizeof code ? 0 : 1);
    }
    (void)close(ends[1]);
    bool ran = child > 0 && read(ends[0], result, sizeof *result) == (ssize_t)sizeof *result;
    (void)close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && ran;
}

static struct rlimit before;

/* The limit is that of the next descriptor's number: the lowest free one. */
bool forbid_descriptors(void) {
    int next = dup(0);
    (void)close(next);
    if (next < 0 || getrlimit(RLIMIT_NOFILE, &before) != 0)
        return false;
    struct rlimit none = {(rlim_t)next, before.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &none) == 0;
}

void allow_descriptors(void) {
    (void)setrlimit(RLIMIT_NOFILE, &before);
}

/* What the preprocessor makes of a name: its number, or the name where there is no such thing. */
#define TEXT_OF(number) #number
static const struct {
    const char *name, *number;
} error_names[] = {
#define X(name) {#name, TEXT_OF(name)},
#include "errno_names.h"
#undef X
};

/* Systems tell what they do not know with the number in the text, or without. */
static bool has_text(int native) {
    char unknown[128];
    (void)snprintf(unknown, sizeof unknown, "%s", strerror(99999));
    return strncmp(strerror(native), unknown, strcspn(unknown, "0123456789")) != 0;
}

/* By the headers; a number that is not listed still has the system's text, so that it is missed. */
const char *system_error_name(int native) {
    if (native == 0)
        return "0";
    for (size_t i = 0; i < sizeof error_names / sizeof error_names[0]; i++)
        if (atoi(error_names[i].number) == native)
            return error_names[i].name;
    return has_text(native) ? strerror(native) : NULL;
}

bool poll_sees_ends_behind_data(void) {
#ifdef POLLRDHUP
    const short asked = POLLIN | POLLRDHUP, end = POLLRDHUP;
#else
    const short asked = POLLIN, end = POLLHUP; /* macOS has it, NetBSD does not */
#endif
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return false;
    bool sent = send(pair[1], "x", 1, 0) == 1 && shutdown(pair[1], SHUT_WR) == 0;
    struct pollfd fd = {pair[0], asked, 0};
    bool seen = sent && poll(&fd, 1, 0) == 1 && (fd.revents & end) != 0;
    (void)close(pair[0]);
    (void)close(pair[1]);
    return seen;
}

bool former_peers_are_known(void) {
#ifdef SO_PEERNAME
    return true;
#else
    return false;
#endif
}

static const struct resolver_name resolver_names[] = {
    {"EAI_NONAME", EAI_NONAME},
    {"EAI_AGAIN", EAI_AGAIN},
    {"EAI_FAIL", EAI_FAIL},
    {"EAI_SERVICE", EAI_SERVICE},
    {"EAI_FAMILY", EAI_FAMILY},
    {"EAI_SOCKTYPE", EAI_SOCKTYPE},
    {"EAI_BADFLAGS", EAI_BADFLAGS},
    {"EAI_MEMORY", EAI_MEMORY},
    {"EAI_OVERFLOW", EAI_OVERFLOW},
    {"EAI_SYSTEM", EAI_SYSTEM},
#ifdef EAI_NODATA
    {"EAI_NODATA", EAI_NODATA},
#endif
#ifdef EAI_ADDRFAMILY
    {"EAI_ADDRFAMILY", EAI_ADDRFAMILY},
#endif
#ifdef EAI_BADHINTS
    {"EAI_BADHINTS", EAI_BADHINTS},
    {"EAI_PROTOCOL", EAI_PROTOCOL},
#endif
#ifdef EAI_ALLDONE
    {"EAI_INPROGRESS", EAI_INPROGRESS},
    {"EAI_CANCELED", EAI_CANCELED},
    {"EAI_NOTCANCELED", EAI_NOTCANCELED},
    {"EAI_ALLDONE", EAI_ALLDONE},
    {"EAI_INTR", EAI_INTR},
    {"EAI_IDN_ENCODE", EAI_IDN_ENCODE},
#endif
};

#include "resolver_tpl.h"

bool is_wine(void) {
    return false;
}

bool is_windows(void) {
    return false;
}
