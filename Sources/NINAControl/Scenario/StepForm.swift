import NINACoprocessor

/// The JSON form of a step: what it is, and in the same object its change, as the control channel has it.
struct StepForm: Codable {
    var step: Scenario.Step

    init(step: Scenario.Step) { self.step = step }

    init(from decoder: any Decoder) throws {
        var fields = try Fields(decoder)
        let name = try fields.text("name", 1...100)
        let start = try Self.start(&fields)
        let times = try fields.optionalNumber("repeat", 1...1_000_000)
        let interval = try fields.optionalSeconds("every")
        let action = try Self.action(&fields)
        try fields.finish("this step")
        step = Scenario.Step(name, action, start)
        switch (times, interval) {
        case (nil, nil): break
        case (let times?, let interval?): (step.times, step.interval) = (times, interval)
        case (_?, nil): throw FieldError("repeat", "it needs \"every\", the seconds from one time to the next")
        case (nil, _?): throw FieldError("every", "it needs \"repeat\", the number of times")
        }
    }

    private static func start(_ fields: inout Fields) throws -> Scenario.Start {
        let given = ["at", "after", "when"].filter { fields.has($0) }
        guard given.count < 2 else {
            throw FieldError(given[1], "a step has \"at\", \"after\" or \"when\", and this one has \"\(given[0])\" too")
        }
        if let wait = try fields.optional("when", WaitForm.self, "a condition") {
            return .when(wait.condition, within: wait.patience)
        }
        if let time = try fields.optionalSeconds("at") { return .at(time) }
        return .after(try fields.optionalSeconds("after") ?? .zero)
    }

    private static func action(_ fields: inout Fields) throws -> Scenario.Action {
        switch (fields.has("do"), fields.has("expect")) {
        case (true, false):
            let name = try fields.text("do", 1...64)
            if let change = try Change(named: name, &fields) { return .change(change) }
            let expected = "one of " + Change.names.joined(separator: ", ")
            throw FieldError("do", expected: expected, got: FieldError.quote(name))
        case (false, true):
            let wait = try fields.required("expect", WaitForm.self, "a condition")
            return .expect(wait.condition, within: wait.patience)
        case (true, true): throw FieldError("expect", "a step has \"do\" or \"expect\", not both: make two of it")
        case (false, false): throw FieldError("line", "a step needs \"do\" or \"expect\"")
        }
    }

    /// Writes all but the name.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldKey.self)
        switch step.start {
        case .after(.zero): break
        case .after(let pause): try container.put("after", pause)
        case .at(let time): try container.put("at", time)
        case .when(let condition, let patience):
            try container.put("when", WaitForm(condition: condition, patience: patience))
        }
        switch step.action {
        case .change(let change): try change.put(into: &container)
        case .expect(let condition, let patience):
            try container.put("expect", WaitForm(condition: condition, patience: patience))
        }
        guard step.times > 1 else { return }
        try container.put("repeat", step.times)
        try container.put("every", step.interval)
    }
}

/// A condition, and how long it is waited for.
private struct WaitForm: Codable {
    var condition: Condition
    var patience: Duration

    init(condition: Condition, patience: Duration) {
        self.condition = condition
        self.patience = patience
    }

    init(from decoder: any Decoder) throws {
        var fields = try Fields(decoder)
        patience = try fields.optionalSeconds("within") ?? Scenario.usualPatience
        condition = try Condition(&fields)
        try fields.finish("this condition")
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldKey.self)
        try condition.put(into: &container)
        try container.put("within", patience)
    }
}
