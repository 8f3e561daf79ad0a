# The kqueue files of the POSIX port on Linux, over the emulation in this folder: the tests of queues
# and events once more, named kqueue_..., and a second time as on older systems, kqueue_old_...

list(TRANSFORM port_sources PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE kqueue_port)
list(TRANSFORM kqueue_port REPLACE "_epoll\\.c$" "_kqueue.c")

# anysock_add_kqueue(<prefix> <definition>...): a library of its own, with its tests.
function(anysock_add_kqueue prefix)
    set(library anysock_${prefix})
    anysock_add_library(${library} STATIC ${core_paths} ${kqueue_port} kqueue/kqueue_emulation.c)
    target_include_directories(${library} BEFORE PUBLIC kqueue)
    target_compile_definitions(${library} PRIVATE ${ARGN})
    target_link_options(${library} INTERFACE LINKER:--wrap=close)
    set_target_properties(${library} PROPERTIES OUTPUT_NAME ${library})

    anysock_add_support(test_${prefix} ${library})
    foreach(path integration/test_event ${queue_tests})
        anysock_add_real_test(${path} ${prefix}_ test_${prefix})
    endforeach()
    anysock_add_test(${prefix}_queue kqueue/test_queue.c)
    target_link_libraries(${prefix}_queue PRIVATE test_${prefix})
endfunction()

anysock_add_kqueue(kqueue)
anysock_add_kqueue(kqueue_old KQUEUE_OLD)

anysock_add_test(kqueue_emulation kqueue/test_emulation.c)
target_link_libraries(kqueue_emulation PRIVATE test_kqueue)
