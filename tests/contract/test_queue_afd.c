/*
 * What is peculiar to queues on Windows: the way to the driver.
 */
#include "win32/afd.h"

#include "imports.h"

static const char *backend_without(const char *name) {
    static char backend[8];
    struct anysock_queue *queue = open_queue_with(name, NULL);
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
    replace_import((function_pointer)WSAIoctl, (function_pointer)answer_for_layers);
}

static void take_layers_away(int(WINAPI *real)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD,
                                               LPWSAOVERLAPPED,
                                               LPWSAOVERLAPPED_COMPLETION_ROUTINE)) {
    replace_import((function_pointer)answer_for_layers, (function_pointer)real);
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

static void without_an_entry_point_poll_takes_over(void **state) {
    (void)state;
    static const char *const names[] = {"NtCreateFile", "NtDeviceIoControlFile",
                                        "RtlNtStatusToDosError"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal("poll", backend_without(names[i]));
    assert_string_equal("afd", backend_without("NtSomethingElse"));
}

/* A sandbox refuses the device, and may refuse files altogether. */
static NTSTATUS NTAPI refuse_the_device(HANDLE *file, ACCESS_MASK access,
                                        OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *result,
                                        LARGE_INTEGER *size, ULONG kind, ULONG sharing,
                                        ULONG disposition, ULONG options, void *extra,
                                        ULONG extra_size) {
    (void)file, (void)access, (void)attributes, (void)result, (void)size, (void)kind;
    (void)sharing, (void)disposition, (void)options, (void)extra, (void)extra_size;
    return (NTSTATUS)0xC0000022; /* STATUS_ACCESS_DENIED */
}

static void without_the_device_poll_takes_over(void **state) {
    (void)state;
    struct anysock_queue_event event;
    size_t count;
    struct anysock s = open_datagram();
    struct anysock_queue *queue =
        open_queue_with("NtCreateFile", (FARPROC)(function_pointer)refuse_the_device);
    assert_string_equal("poll", anysock_queue_backend(queue));
    assert_anysock(ANYSOCK_OK,
                   anysock_queue_add(queue, &s, ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &event, 1, ANYSOCK_FOREVER, &count));
    assert_int_equal(1, count);
    assert_ptr_equal(&s, event.data);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void the_driver_answers_at_once_and_without_a_packet(void **state) {
    (void)state;
    struct anysock s = open_datagram();
    struct anysock_afd afd;
    struct afd_questions questions;
    IO_STATUS_BLOCK result;
    OVERLAPPED_ENTRY packet;
    ULONG packets;
    HANDLE helper, port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    assert_non_null(port);
    memset(&questions, 0, sizeof questions);
    assert_int_equal(0, anysock_afd_find(&afd));
    assert_int_equal(0, anysock_afd_open(&afd, port, &helper));
    assert_int_equal(0, anysock_afd_base(anysock_native_handle(&s), &questions.sockets[0].handle));
    questions.count = 1;
    questions.sockets[0].events = AFD_SEND | AFD_RECEIVE;
    assert_int_equal(0, anysock_afd_ask(&afd, helper, &questions, &result, &questions));
    assert_int_equal(1, questions.count);
    assert_int_equal(AFD_SEND, questions.sockets[0].events);
    assert_false(GetQueuedCompletionStatusEx(port, &packet, 1, &packets, 0, FALSE));
    assert_int_equal(WAIT_TIMEOUT, GetLastError());
    assert_true(CloseHandle(helper));
    assert_true(CloseHandle(port));
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
        TEST(without_the_device_poll_takes_over),
        TEST(the_driver_answers_at_once_and_without_a_packet),
        TEST(layers_are_looked_through),
        TEST(a_socket_without_base_is_a_provider_error),
        TEST(every_shortage_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
