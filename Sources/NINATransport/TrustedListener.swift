import LinuxIO

/// The users whose process a host accepts as its coprocessor at a Unix socket.
public typealias TrustedListener = LinuxIO.TrustedListener
