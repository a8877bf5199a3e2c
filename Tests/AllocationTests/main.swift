import CAllocationCounter
import Glibc

// Optimized code allocates nothing per command. A program instead of a test target, because it must be built
// optimized, and so needs no second build of the tests.

/// The condition of an assertion is evaluated in debug builds only.
private var isOptimized: Bool {
    var isOptimized = true
    assert({ isOptimized = false }() == ())
    return isOptimized
}

/// The number of failed checks of the current test.
nonisolated(unsafe) private var failures = 0

/// Checks a condition.
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
