# The kqueue files of the POSIX port on Linux, over the emulation in this folder: the tests of queues
# and events once more, named kqueue_...

list(TRANSFORM port_sources PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE kqueue_port)
list(TRANSFORM kqueue_port REPLACE "(event|queue)_e?poll\\.c$" "\\1_kqueue.c")
set(kqueue_queue ${PROJECT_SOURCE_DIR}/src/posix/queue_kqueue.c)
list(REMOVE_ITEM kqueue_port ${kqueue_queue})
anysock_add_library(anysock_over_kqueue OBJECT ${core_paths} ${kqueue_port}
    kqueue/kqueue_emulation.c)
target_include_directories(anysock_over_kqueue BEFORE PRIVATE kqueue)

# anysock_add_kqueue(<name> <definition>...): a library with the back end as on a system that lacks
# something, and the back end's own test.
function(anysock_add_kqueue name)
    set(library anysock_${name})
    anysock_add_library(${library} STATIC ${kqueue_queue} $<TARGET_OBJECTS:anysock_over_kqueue>)
    target_include_directories(${library} BEFORE PUBLIC kqueue)
    target_compile_definitions(${library} PRIVATE ${ARGN})
    target_link_options(${library} INTERFACE LINKER:--wrap=close)
    set_target_properties(${library} PROPERTIES OUTPUT_NAME ${library})
    anysock_add_support(test_${name} ${library})
    anysock_add_test(${name}_queue kqueue/test_queue.c)
    target_link_libraries(${name}_queue PRIVATE test_${name})
endfunction()

anysock_add_kqueue(kqueue)
anysock_add_kqueue(kqueue_old KQUEUE_OLD)
anysock_add_kqueue(kqueue_no_except KQUEUE_WITHOUT_EXCEPT)

foreach(path ${queue_tests})
    anysock_add_real_test(${path} kqueue_ test_kqueue)
    anysock_add_real_test(${path} kqueue_old_ test_kqueue_old)
endforeach()
anysock_add_real_test(integration/test_event kqueue_ test_kqueue)
anysock_add_test(kqueue_emulation kqueue/test_emulation.c)
target_link_libraries(kqueue_emulation PRIVATE test_kqueue)
