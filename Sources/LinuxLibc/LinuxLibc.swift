// The C library of the system that is compiled for. All other files import this module, so that only this one knows which
// libraries there are.

#if canImport(Musl)
@_exported import Musl
#else
@_exported import Glibc
#endif
