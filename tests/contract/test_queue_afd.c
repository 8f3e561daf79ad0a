/*
 * What is peculiar to the back end of queues on Windows: the way to the driver, and memory that the
 * system keeps until a request's packet has come.
 */
#include "win32/afd.h"

#include "net.h"
#include "platform.h"

/* ------------------------------------------------------------------------------------------- *
 * Functions of the system, replaced in the table of those that this program imports
 * ------------------------------------------------------------------------------------------- */

typedef void (*function)(void);

static void replace_import(function original, function replacement) {
    char *program = (char *)GetModuleHandleW(NULL);
    IMAGE_NT_HEADERS *headers = (void *)(program + ((IMAGE_DOS_HEADER *)(void *)program)->e_lfanew);
    IMAGE_DATA_DIRECTORY table = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT];
    function *slots = (void *)(program + table.VirtualAddress);
    for (size_t i = 0; i < table.Size / sizeof *slots; i++) {
        DWORD protection;
        if (slots[i] != original)
            continue;
        assert_true(VirtualProtect(&slots[i], sizeof *slots, PAGE_READWRITE, &protection));
        slots[i] = replacement;
        assert_true(VirtualProtect(&slots[i], sizeof *slots, protection, &protection));
        return;
    }
    fail_msg("the function is not imported");
}

static const char *missing; /* that ntdll does not have */
static FARPROC(WINAPI *real_get_proc_address)(HMODULE, LPCSTR);

static FARPROC WINAPI get_proc_address(HMODULE library, LPCSTR name) {
    return strcmp(name, missing) == 0 ? NULL : real_get_proc_address(library, name);
}

static const char *backend_without(const char *name) {
    static char backend[8];
    struct anysock_queue *queue;
    missing = name;
    real_get_proc_address = GetProcAddress;
    replace_import((function)real_get_proc_address, (function)get_proc_address);
    int code = anysock_queue_open(0, &queue);
    replace_import((function)get_proc_address, (function)real_get_proc_address);
    assert_anysock(ANYSOCK_OK, code);
    strcpy(backend, anysock_queue_backend(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    return backend;
}

/* Layers over a socket: which question each answers, and what with. */
struct layer {
    SOCKET socket;
    DWORD question;
    SOCKET answer;
};
static const struct layer *layers;
static size_t layer_count;

static int WINAPI answer_for_layers(SOCKET socket, DWORD question, LPVOID in, DWORD in_length,
                                    LPVOID out, DWORD out_length, LPDWORD length,
                                    LPWSAOVERLAPPED overlapped,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    (void)in, (void)in_length, (void)out_length, (void)overlapped, (void)routine;
    for (size_t i = 0; i < layer_count; i++) {
        if (layers[i].socket == socket && layers[i].question == question) {
            *(SOCKET *)out = layers[i].answer;
            *length = sizeof(SOCKET);
            return 0;
        }
    }
    WSASetLastError(WSAEOPNOTSUPP);
    return SOCKET_ERROR;
}

static void put_layers(const struct layer *array, size_t count) {
    layers = array;
    layer_count = count;
    replace_import((function)WSAIoctl, (function)answer_for_layers);
}

static void take_layers_away(int(WINAPI *real)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD,
                                               LPWSAOVERLAPPED,
                                               LPWSAOVERLAPPED_COMPLETION_ROUTINE)) {
    replace_import((function)answer_for_layers, (function)real);
}

#define BASE 0x48000022u /* SIO_BASE_HANDLE and its kin */
#define BELOW 0x4800001Bu
#define BELOW_FOR_SELECT 0x4800001Cu
#define BELOW_FOR_POLL 0x4800001Du

/* What anysock_afd_base() says of socket 1 with these layers over it: 0 for a failure. */
static uintptr_t base_under(const struct layer *array, size_t count) {
    HANDLE base = NULL;
    int(WINAPI * real)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE) = WSAIoctl;
    put_layers(array, count);
    int result = anysock_afd_base(1, &base);
    int error = WSAGetLastError();
    take_layers_away(real);
    WSASetLastError(error);
    return result == 0 ? (uintptr_t)base : 0;
}

/* ------------------------------------------------------------------------------------------- */

static struct anysock_queue *open_queue(void) {
    struct anysock_queue *queue;
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &queue));
    assert_string_equal("afd", anysock_queue_backend(queue));
    return queue;
}

static struct anysock open_datagram(void) {
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    return s;
}

static void add(struct anysock_queue *queue, struct anysock *s, unsigned wanted) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, ANYSOCK_QUEUE_LEVEL, s));
}

/* A look, which also makes requests for those who have nothing. */
static size_t look(struct anysock_queue *queue) {
    struct anysock_queue_event events[4];
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, COUNT_OF(events), 0, &count));
    return count;
}

static void without_an_entry_point_poll_takes_over(void **state) {
    (void)state;
    static const char *const names[] = {"NtCreateFile", "NtDeviceIoControlFile",
                                        "RtlNtStatusToDosError"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal("poll", backend_without(names[i]));
    assert_string_equal("afd", backend_without("NtSomethingElse"));
}

static void the_driver_knows_a_socket_by_its_base_handle(void **state) {
    (void)state;
    struct anysock s = open_datagram();
    struct anysock_afd afd;
    struct afd_questions questions;
    HANDLE helper;
    memset(&questions, 0, sizeof questions);
    assert_int_equal(0, anysock_afd_find(&afd));
    assert_int_equal(0, anysock_afd_open(&afd, NULL, &helper));
    assert_int_equal(0, anysock_afd_base(anysock_native_handle(&s), &questions.sockets[0].handle));
    questions.count = 1;
    questions.sockets[0].events = AFD_SEND | AFD_RECEIVE;
    assert_true(anysock_afd_look(&afd, helper, &questions));
    assert_int_equal(1, questions.count);
    assert_int_equal(AFD_SEND, questions.sockets[0].events);
    assert_true(CloseHandle(helper));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void layers_are_looked_through(void **state) {
    (void)state;
    const struct layer honest[] = {{1, BASE, 7}};
    assert_int_equal(7, base_under(honest, COUNT_OF(honest)));
    const struct layer refusing[] = {{1, BELOW_FOR_POLL, 2}, {2, BASE, 7}};
    assert_int_equal(7, base_under(refusing, COUNT_OF(refusing)));
    const struct layer evasive[] = {
        {1, BELOW_FOR_POLL, 1}, {1, BELOW_FOR_SELECT, 2}, {2, BELOW, 3}, {3, BASE, 7}};
    assert_int_equal(7, base_under(evasive, COUNT_OF(evasive)));
}

static void a_socket_without_base_is_a_provider_error(void **state) {
    (void)state;
    const struct layer silent[] = {{1, BELOW, 1}};
    assert_int_equal(0, base_under(silent, COUNT_OF(silent)));
    assert_int_equal(ANYSOCK_EPROVIDER,
                     anysock_port_map_error(anysock_port_native_error(), OP_EVENT, true));
    const struct layer circular[] = {{1, BELOW, 2}, {2, BELOW, 1}};
    assert_int_equal(0, base_under(circular, COUNT_OF(circular)));
    assert_int_equal(ANYSOCK_EPROVIDER,
                     anysock_port_map_error(anysock_port_native_error(), OP_EVENT, true));
}

static void a_request_keeps_its_memory_until_its_packet_has_come(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock a = open_datagram(), b = open_datagram();
    add(queue, &a, ANYSOCK_READABLE);
    const void *memory = a.registration_;
    assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &a));
    add(queue, &b, ANYSOCK_READABLE);
    assert_ptr_not_equal(memory, b.registration_);
    assert_int_equal(0, look(queue)); /* takes the packet */
    add(queue, &a, ANYSOCK_READABLE);
    assert_ptr_equal(memory, a.registration_);
    assert_anysock(ANYSOCK_OK, anysock_close(&a));
    assert_anysock(ANYSOCK_OK, anysock_close(&b));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void close_waits_for_the_packets_of_all_requests(void **state) {
    (void)state;
    struct anysock sockets[40]; /* more than one helper is for */
    struct anysock_queue *queue = open_queue();
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        sockets[i] = open_datagram();
        add(queue, &sockets[i], ANYSOCK_READABLE);
    }
    assert_int_equal(0, look(queue));
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void a_request_that_asks_for_too_little_is_made_anew(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock s = open_datagram();
    add(queue, &s, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &s, ANYSOCK_READABLE | ANYSOCK_WRITABLE,
                                                    ANYSOCK_QUEUE_LEVEL, &s));
    assert_int_equal(1, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void an_answer_that_is_out_of_date_is_not_told(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    add(queue, &server, ANYSOCK_READABLE);
    for (int others = 0; others < 2; others++) { /* with a request alone, and with a look */
        assert_int_equal(0, look(queue));
        say(&client, "x");
        (void)await(&server, ANYSOCK_READABLE);
        assert_int_equal(1, drain(&server));
        assert_int_equal(0, look(queue));
        if (others == 0)
            add(queue, &client, ANYSOCK_READABLE);
    }
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void a_socket_closed_behind_the_queue_is_not_asked_about_again(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock s = open_datagram();
    add(queue, &s, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    foreign_close(anysock_native_handle(&s));
    for (int i = 0; i < 3; i++)
        assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Its handle is nobody's when the request is made. The others are told as ever. */
static void a_socket_that_cannot_be_asked_about_is_an_error_of_its_own(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock gone = open_datagram(), well = open_datagram();
    struct anysock_queue_event events[4];
    size_t count;
    add(queue, &gone, ANYSOCK_READABLE);
    add(queue, &well, ANYSOCK_WRITABLE);
    foreign_close(anysock_native_handle(&gone));
    for (unsigned seen = 0; seen != 3;) {
        assert_anysock(ANYSOCK_OK,
                       anysock_queue_wait(queue, events, COUNT_OF(events), PATIENCE_MS, &count));
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            bool is_gone = events[i].data == &gone;
            assert_int_equal(is_gone ? ANYSOCK_READABLE | ANYSOCK_ERROR : ANYSOCK_WRITABLE,
                             events[i].events);
            seen |= is_gone ? 1u : 2u;
        }
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &gone));
    assert_anysock(ANYSOCK_OK, anysock_close(&well));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* More than one look is about, and more than one wait can tell. */
static void all_of_many_get_their_turn(void **state) {
    (void)state;
    enum { MANY = 2 * AFD_MANY + 1, ROOM = 7 };
    static struct anysock sockets[MANY];
    static unsigned told[MANY];
    struct anysock_queue *queue = open_queue();
    struct anysock_queue_event events[ROOM];
    memset(told, 0, sizeof told);
    for (size_t i = 0; i < MANY; i++) {
        sockets[i] = open_datagram();
        add(queue, &sockets[i], ANYSOCK_WRITABLE);
    }
    for (size_t sum = 0; sum < 3 * MANY;) {
        size_t count;
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, ROOM, PATIENCE_MS, &count));
        assert_true(count > 0);
        sum += count;
        for (size_t i = 0; i < count; i++)
            told[(struct anysock *)events[i].data - sockets]++;
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_in_range(told[i], 2, 4);
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* What a wait reports when the driver lacks memory for a request. */
static void every_shortage_is_out_of_memory(void **state) {
    (void)state;
    static const ULONG shortages[] = {0xC0000017, 0xC0000044, 0xC000009A};
    struct anysock_afd afd;
    assert_int_equal(0, anysock_afd_find(&afd));
    for (size_t i = 0; i < COUNT_OF(shortages); i++) {
        assert_true(anysock_afd_is_shortage((NTSTATUS)shortages[i]));
        int native = (int)afd.to_error((NTSTATUS)shortages[i]);
        assert_anysock(ANYSOCK_ENOMEM, anysock_port_map_error(native, OP_WAIT, true));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(without_an_entry_point_poll_takes_over),
        TEST(the_driver_knows_a_socket_by_its_base_handle),
        TEST(layers_are_looked_through),
        TEST(a_socket_without_base_is_a_provider_error),
        TEST(a_request_keeps_its_memory_until_its_packet_has_come),
        TEST(close_waits_for_the_packets_of_all_requests),
        TEST(a_request_that_asks_for_too_little_is_made_anew),
        TEST(an_answer_that_is_out_of_date_is_not_told),
        TEST(a_socket_closed_behind_the_queue_is_not_asked_about_again),
        TEST(a_socket_that_cannot_be_asked_about_is_an_error_of_its_own),
        TEST(all_of_many_get_their_turn),
        TEST(every_shortage_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
