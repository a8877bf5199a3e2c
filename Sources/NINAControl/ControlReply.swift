/// Why a request has failed.
package struct ControlFailure: Error, Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The line is no request.
        case malformed
        /// It cannot be done.
        case refused
        /// What was waited for has not come.
        case timeout
        /// There are too many clients or waits.
        case busy
    }

    package var kind: Kind
    /// The number of the client's line, from 1.
    package var line: Int
    package var field: String
    package var text: String

    package init(_ kind: Kind, line: Int, _ error: FieldError) {
        self.kind = kind
        self.line = line
        field = error.field
        text = error.problem
    }
}

/// The reply to a request.
package struct ControlReply<Content: Codable & Sendable>: Codable, Sendable {
    /// Nil for a line in which none could be read.
    package var id: ControlID?
    package var ok: Content?
    package var error: ControlFailure?

    package init(_ id: ControlID?, _ result: Result<Content, ControlFailure>) {
        self.id = id
        switch result {
        case .success(let content): ok = content
        case .failure(let failure): error = failure
        }
    }

    private enum CodingKeys: String, CodingKey { case id, ok, error }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Null is written, too.
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(ok, forKey: .ok)
        try container.encodeIfPresent(error, forKey: .error)
    }
}

/// What replies have in `ok`.
package enum ReplyContent {
    package struct Nothing: Codable, Sendable {
        package init() {}
    }

    package struct Hello: Codable, Sendable {
        package var `protocol` = 1
        package var program: String
        package init(program: String) { self.program = program }
    }

    package struct Modules: Codable, Sendable {
        package var modules: [ModuleState]
        package init(_ modules: [ModuleState]) { self.modules = modules }
    }

    package struct Text: Codable, Sendable {
        package var text: String
        package init(_ text: String) { self.text = text }
    }

    /// The module for which a condition holds.
    package struct Found: Codable, Sendable {
        package var module: UInt64
        package init(_ module: UInt64) { self.module = module }
    }

    package struct FaultName: Codable, Sendable {
        package var fault: String
        package init(_ fault: String) { self.fault = fault }
    }
}
