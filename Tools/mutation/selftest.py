"""Checks of what finds mutants and writes them, without a build."""

import random

import sites
import tree

TEXT = r'''func takes(_ count: Int) -> Bool {
    // count < 0
    let text = "x < \(name("y" == z)) && 1"
    guard count < limit, isOpen else { return false }
    log(.info, "count {")
    total += min(count, room)
    return true
}
func == (left: Self, right: Self) -> Bool { left.id == right.id }
'''


def self_test():
    found = list(sites.sites("Sources/Some/Some.swift", TEXT, random.Random(1)))
    assert [(site.line, site.kind, site.was) for site in found] == [
        (4, "comparison", "<"), (4, "condition", "count < limit"), (4, "guard", "count < limit"),
        (4, "condition", "isOpen"), (4, "guard", "isOpen"), (5, "statement", 'log(.info, "count {")'),
        (6, "minmax", "min("), (6, "statement", "total += min(count, room)"), (7, "result", "true"),
        (9, "result", "left.id == right.id"),
    ], found
    chosen = [(1, found[0]), (2, found[5]), (3, found[6]), (4, found[8])]
    lines = tree.mutate("Sources/Some/Some.swift", TEXT, chosen).split("\n")
    assert lines[0] == "import Mutants; func takes(_ count: Int) -> Bool {"
    assert lines[3:7] == [
        "    guard count ^%^ limit, isOpen else { return false }", '    if !isOn(2) { log(.info, "count {") }',
        "    total += least(3, count, room)", "    return negated(4, true)"], lines
    names = {sites.operator_name(number) for number in range(1, 3000)}
    assert len(names) == 2999
