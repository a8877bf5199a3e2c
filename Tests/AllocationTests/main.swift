import CAllocationCounter
import Glibc

// Optimized code allocates nothing per command. This is a program and not a test target because it must be built
// optimized, which would otherwise require a second build of all tests.

/// The condition of an assertion is evaluated in debug builds only.
private var isOptimized: Bool {
    var isOptimized = true
    assert({ isOptimized = false }() == ())
    return isOptimized
}

/// The number of failed expectations of the current test.
nonisolated(unsafe) private var failures = 0

/// Reports a failed expectation.
func expect(_ holds: Bool, line: Int = #line) {
    guard !holds else { return }
    failures += 1
    print("    AllocationTests.swift:\(line): expectation failed")
}

guard isOptimized else {
    print("nina-allocations: code that is not optimized allocates; build with -c release")
    exit(2)
}
guard counting_allocations() == 1 else {
    print("nina-allocations: a sanitizer has replaced malloc")
    exit(2)
}
var failed = 0
for test in AllocationTests.all {
    failures = 0
    do {
        try test.body(AllocationTests())
    } catch {
        failures += 1
        print("    \(error)")
    }
    print(failures == 0 ? "ok      \(test.name)" : "FAILED  \(test.name)")
    failed += failures == 0 ? 0 : 1
}
exit(failed == 0 ? 0 : 1)
