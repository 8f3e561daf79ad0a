# Cross-compiling with zig's C compiler, which brings the headers and libraries of every system.
# ZIG: the program; ZIG_TARGET: architecture-system or architecture-system-variant.
set(ZIG $ENV{ZIG} CACHE FILEPATH "zig itself, not the script that npm puts beside it")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG ZIG_TARGET)

string(REGEX MATCH "^([^-]+)-([a-z]+)" _ "${ZIG_TARGET}")
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
set(system_linux Linux)
set(system_macos Darwin)
set(system_windows Windows)
set(system_freebsd FreeBSD)
set(system_netbsd NetBSD)
set(system_openbsd OpenBSD)
set(CMAKE_SYSTEM_NAME ${system_${CMAKE_MATCH_2}})

set(CMAKE_C_COMPILER ${ZIG} cc -target ${ZIG_TARGET})
# These have to be one program each.
foreach(tool ar ranlib rc)
    set(wrapper ${CMAKE_BINARY_DIR}/zig-${tool})
    file(WRITE ${wrapper} "#!/bin/sh\nexec '${ZIG}' ${tool} \"$@\"\n")
    file(CHMOD ${wrapper} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()
set(CMAKE_AR ${CMAKE_BINARY_DIR}/zig-ar)
set(CMAKE_RANLIB ${CMAKE_BINARY_DIR}/zig-ranlib)
set(CMAKE_RC_COMPILER ${CMAKE_BINARY_DIR}/zig-rc)

# zig defines the version of Windows by itself; what OpenBSD's stack protector needs is not exported.
set(flags_windows -Wno-macro-redefined)
set(flags_openbsd -fno-stack-protector)
set(CMAKE_C_FLAGS_INIT ${flags_${CMAKE_MATCH_2}})

# Nothing of this machine.
set(CMAKE_FIND_ROOT_PATH ${CMAKE_BINARY_DIR}/nothing)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
