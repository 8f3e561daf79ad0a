# How our own targets are compiled. Nothing here touches global flags.

# The warnings that the code is clean under, for gcc, clang and mingw alike.
function(anysock_set_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ${ANYSOCK_WERROR})
endfunction()

include(CheckCCompilerFlag)
set(optimised "$<CONFIG:Release,RelWithDebInfo,MinSizeRel>")

# anysock_optimise_for_size(<source>...)
check_c_compiler_flag(-Os ANYSOCK_HAVE_OS)
function(anysock_optimise_for_size)
    if(ANYSOCK_HAVE_OS)
        set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS $<${optimised}:-Os>)
    endif()
endfunction()

# anysock_call_directly(<source>...): calls of the system's libraries go straight through the table of
# addresses, one detour less. Calls of the library's own functions would become longer by it. Only ELF
# has that detour; clang takes the flag for macOS all the same, and warns.
if(NOT WIN32 AND NOT APPLE)
    check_c_compiler_flag(-fno-plt ANYSOCK_HAVE_NO_PLT)
endif()
function(anysock_call_directly)
    if(ANYSOCK_HAVE_NO_PLT)
        set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -fno-plt)
    endif()
endfunction()

# Gaps before functions and branches are paid for by every program; scripts/bench.sh streams shows no
# difference without them.
set(without_gaps "")
foreach(what functions jumps loops labels)
    check_c_compiler_flag(-fno-align-${what} ANYSOCK_HAVE_NO_ALIGN_${what})
    if(ANYSOCK_HAVE_NO_ALIGN_${what})
        list(APPEND without_gaps $<${optimised}:-fno-align-${what}>)
    endif()
endforeach()

# A third of the text of a small program that is linked with the static library would be tables that
# tell how to unwind the library's stack. Nothing is thrown through it: it is C and calls nobody
# back. Debuggers read the same tables from the debug information (-g). Without both, a backtrace()
# ends at the library's function, and a thread that is cancelled inside a call of the library runs
# the handlers of pthread_cleanup_push(), but not the destructors of C++ nor what C compiled with
# -fexceptions has. Who needs those sets ANYSOCK_UNWIND_TABLES or takes the shared library. On
# Windows the tables belong to every function.
if(NOT WIN32)
    check_c_compiler_flag(-fno-asynchronous-unwind-tables ANYSOCK_HAVE_NO_UNWIND_TABLES)
endif()
function(anysock_drop_unwind_tables target)
    if(ANYSOCK_HAVE_NO_UNWIND_TABLES AND NOT ANYSOCK_UNWIND_TABLES)
        target_compile_options(${target} PRIVATE
            $<${optimised}:-fno-asynchronous-unwind-tables> $<${optimised}:-fno-unwind-tables>)
    endif()
endfunction()

# anysock_add_library(<target> STATIC|SHARED <source>...)
function(anysock_add_library target kind)
    add_library(${target} ${kind} ${ARGN})
    target_include_directories(${target}
        PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
        PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_compile_definitions(${target} PRIVATE ${port_definitions})
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections ${without_gaps})
    target_link_libraries(${target} PRIVATE ${port_libraries})
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        C_VISIBILITY_PRESET hidden
        OUTPUT_NAME anysock
        EXPORT_NAME ${target}
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    if(kind STREQUAL SHARED)
        target_compile_definitions(${target}
            PRIVATE ANYSOCK_BUILDING_SHARED INTERFACE ANYSOCK_USING_SHARED)
    endif()
    anysock_set_warnings(${target})
endfunction()

# A program of ours: an example or a test.
function(anysock_add_program target)
    add_executable(${target} ${ARGN})
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
    anysock_set_warnings(${target})
endfunction()
