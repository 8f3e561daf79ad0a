# The kqueue files of the POSIX port on Linux, over the emulation in this folder: the tests of queues
# and events once more, named kqueue_...

list(TRANSFORM port_sources PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE kqueue_port)
list(TRANSFORM kqueue_port REPLACE "(event|queue)_e?poll\\.c$" "\\1_kqueue.c")
# What asks for features that some systems lack.
set(kqueue_choosy queue_kqueue socket wait)
list(TRANSFORM kqueue_choosy REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/src/posix/\\1.c")
list(REMOVE_ITEM kqueue_port ${kqueue_choosy})
anysock_add_library(anysock_over_kqueue OBJECT ${core_paths} ${kqueue_port}
    kqueue/kqueue_emulation.c)
target_include_directories(anysock_over_kqueue BEFORE PRIVATE kqueue)

# anysock_add_kqueue(<name> <definition>...): a library as on a system that lacks something, the back
# end's own test, and what its queues tell.
function(anysock_add_kqueue name)
    set(library anysock_${name})
    anysock_add_library(${library} STATIC ${kqueue_choosy} $<TARGET_OBJECTS:anysock_over_kqueue>)
    target_include_directories(${library} BEFORE PUBLIC kqueue)
    target_compile_definitions(${library} PUBLIC ${ARGN})
    target_link_options(${library} INTERFACE LINKER:--wrap=close)
    set_target_properties(${library} PROPERTIES OUTPUT_NAME ${library})
    anysock_add_support(test_${name} ${library})
    anysock_add_test(${name}_queue kqueue/test_queue.c)
    target_link_libraries(${name}_queue PRIVATE test_${name})
endfunction()

anysock_add_kqueue(kqueue)
anysock_add_kqueue(kqueue_old KQUEUE_OLD)
anysock_add_kqueue(kqueue_no_except KQUEUE_WITHOUT_EXCEPT)
anysock_add_kqueue(kqueue_no_rdhup POLL_WITHOUT_RDHUP)

foreach(path ${queue_tests} contract/test_mode contract/test_port contract/test_thread
        integration/test_close integration/test_event integration/test_event_levels
        integration/test_handles integration/test_threads integration/test_wait)
    anysock_add_real_test(${path} kqueue_ test_kqueue)
endforeach()
foreach(path ${queue_tests})
    anysock_add_real_test(${path} kqueue_old_ test_kqueue_old)
endforeach()
anysock_add_real_test(integration/test_queue_states kqueue_no_except_ test_kqueue_no_except)
foreach(path contract/test_port integration/test_event integration/test_probe
        integration/test_queue integration/test_queue_modes integration/test_queue_states
        integration/test_wait)
    anysock_add_real_test(${path} kqueue_no_rdhup_ test_kqueue_no_rdhup)
endforeach()
anysock_add_test(kqueue_emulation kqueue/test_emulation.c)
target_link_libraries(kqueue_emulation PRIVATE test_kqueue)
