# The publisher of Video Doc: target video-doc::publisher, headers <net/zmq/publisher.hpp> and those beside it.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)
if(NOT TARGET PkgConfig::ZMQ)
  pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/video-doc-targets.cmake)
