/*
 * What tests on Windows share: functions of the system are replaced in the table of those that a
 * program imports.
 */
#ifndef ANYSOCK_TESTS_CONTRACT_IMPORTS_H
#define ANYSOCK_TESTS_CONTRACT_IMPORTS_H

#include "net.h"
#include "platform.h"

typedef void (*function_pointer)(void);

static inline void replace_import(function_pointer original, function_pointer replacement) {
    char *program = (char *)GetModuleHandleW(NULL);
    IMAGE_NT_HEADERS *headers = (void *)(program + ((IMAGE_DOS_HEADER *)(void *)program)->e_lfanew);
    IMAGE_DATA_DIRECTORY table = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT];
    function_pointer *slots = (void *)(program + table.VirtualAddress);
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

/* What a queue that is opened now finds instead of one of ntdll's functions. */
static struct {
    const char *name;
    FARPROC function; /* null: it is missing */
} instead;
static FARPROC(WINAPI *real_get_proc_address)(HMODULE, LPCSTR);

static inline FARPROC WINAPI get_proc_address(HMODULE library, LPCSTR name) {
    return strcmp(name, instead.name) == 0 ? instead.function
                                           : real_get_proc_address(library, name);
}

static inline struct anysock_queue *open_queue_with(const char *name, FARPROC function) {
    struct anysock_queue *queue;
    instead.name = name;
    instead.function = function;
    real_get_proc_address = GetProcAddress;
    replace_import((function_pointer)real_get_proc_address, (function_pointer)get_proc_address);
    int code = anysock_queue_open(0, &queue);
    replace_import((function_pointer)get_proc_address, (function_pointer)real_get_proc_address);
    assert_anysock(ANYSOCK_OK, code);
    return queue;
}

static inline struct anysock open_datagram(void) {
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    return s;
}

#endif
