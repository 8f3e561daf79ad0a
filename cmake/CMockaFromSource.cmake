# CMocka: natively Debian's package; for another target, which Debian has no package for, its one
# source file, compiled as part of our build. CMOCKA_SOURCE_DIR names an unpacked source; without
# it scripts/get-cmocka.sh fetches Debian's source package, once for all build folders.
if(CMAKE_CROSSCOMPILING AND NOT CMOCKA_SOURCE_DIR)
    execute_process(
        COMMAND ${PROJECT_SOURCE_DIR}/scripts/get-cmocka.sh ${PROJECT_SOURCE_DIR}/build/cmocka
        OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(CMOCKA_SOURCE_DIR ${fetched} CACHE PATH "CMocka's source" FORCE)
endif()

if(CMOCKA_SOURCE_DIR)
    add_library(cmocka STATIC ${CMOCKA_SOURCE_DIR}/src/cmocka.c)
    target_include_directories(cmocka SYSTEM PUBLIC ${CMOCKA_SOURCE_DIR}/include)
    target_compile_definitions(cmocka PRIVATE
        HAVE_INTTYPES_H HAVE_SIGNAL_H HAVE_STRUCT_TIMESPEC HAVE_GCC_THREAD_LOCAL_STORAGE)
    target_compile_options(cmocka PRIVATE -w)
    if(WIN32)
        target_compile_definitions(cmocka PRIVATE HAVE_MALLOC_H __USE_MINGW_ANSI_STDIO=1)
    else()
        target_compile_definitions(cmocka PRIVATE _GNU_SOURCE HAVE_STRINGS_H HAVE_SIGLONGJMP
            HAVE_STRSIGNAL HAVE_CLOCK_REALTIME)
    endif()
else()
    find_package(cmocka REQUIRED CONFIG)
    add_library(cmocka INTERFACE IMPORTED) # 1.1.5 exports variables only
    set_target_properties(cmocka PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${CMOCKA_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES "${CMOCKA_LIBRARIES}")
endif()
