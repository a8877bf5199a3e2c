import NINACoprocessor
import TestSupport
import Testing

@testable import LinuxIO
@testable import NINACoprocessorLinux

/// What OpenSSL's numbers mean, and how a key is written for it.
@Suite(.timeLimit(.minutes(10))) struct TLSReasonTests {
    private func error(
        _ reason: Int32, verification: Int32 = 0, lacks: Bool = false, has: Bool = false
    ) -> TLSError {
        TLSError(
            verification: verification, reason: reason, lacksCertificate: lacks, hasCertificate: has, text: "a text")
    }

    /// The numbers of x509_vfy.h: not yet valid, expired (certificate and revocation list), self-signed, unknown authority,
    /// another host or address; any other is a bad certificate.
    @Test func verificationHasReasons() {
        let known: [Int32: TLSFailure.Reason] = [
            9: .notYetValid, 13: .notYetValid, 10: .expired, 14: .expired, 18: .selfSigned, 2: .unknownAuthority,
            19: .unknownAuthority, 20: .unknownAuthority, 21: .unknownAuthority, 27: .unknownAuthority, 62: .wrongHost,
            64: .wrongHost,
        ]
        for number in 1...100 as ClosedRange<Int32> {
            #expect(TLSFailure.Reason(verification: number) == known[number] ?? .badCertificate, "\(number)")
        }
    }

    /// RFC 8446, 6: alerts about the client's certificate, which concern only clients that were asked for one.
    @Test func alertsAboutTheOwnCertificateHaveReasons() {
        let alerts: Set<Int32> = [40, 41, 42, 43, 44, 45, 46, 48, 49, 51, 116]
        for alert in 0...120 as ClosedRange<Int32> {
            let isAbout = alerts.contains(alert)
            let other: TLSFailure.Reason = alert == 70 ? .protocolVersion : .broken
            let required: TLSFailure.Reason = isAbout ? .clientCertificateRequired : other
            let refused: TLSFailure.Reason = alert == 116 ? required : isAbout ? .clientCertificateRefused : other
            #expect(TLSFailure(error(1000 + alert, lacks: true), else: .broken).reason == required, "\(alert)")
            #expect(TLSFailure(error(1000 + alert, has: true), else: .broken).reason == refused, "\(alert)")
            let neither = alert == 116 ? required : other
            #expect(TLSFailure(error(1000 + alert), else: .broken).reason == neither, "\(alert)")
            // The same numbers are no alerts without the 1000.
            #expect(TLSFailure(error(alert, lacks: true), else: .broken).reason == .broken)
        }
    }

    /// The numbers of sslerr.h about versions.
    @Test func versionsHaveAReason() {
        let versions: Set<Int32> = [191, 258, 266, 267, 396, 1070]
        for number in Array(1...450) + [1069, 1070, 1071] as [Int32] {
            let expected: TLSFailure.Reason = versions.contains(number) ? .protocolVersion : .handshake
            #expect(TLSFailure(error(number), else: .handshake).reason == expected, "\(number)")
        }
        // What was found out about the certificate counts first.
        let first = TLSFailure(error(1070, verification: 10), else: .handshake)
        #expect(first == TLSFailure(.expired, "a text"))
    }

    /// The beginnings of public keys as `openssl ec -pubout -outform DER` writes them (RFC 5480).
    @Test(
        arguments: [
            (23, 65, "30 59 30 13 06 07 2A8648CE3D0201 06 08 2A8648CE3D030107 03 42 00"),
            (24, 97, "30 76 30 10 06 07 2A8648CE3D0201 06 05 2B81040022 03 62 00"),
            (25, 133, "30 81 9B 30 10 06 07 2A8648CE3D0201 06 05 2B81040023 03 81 86 00"),
        ] as [(UInt16, Int, String)]) func keysAreWrittenAsOpenSSLReadsThem(
            _ curve: UInt16, _ count: Int, _ start: String
        )
    {
        let key = [4] + (1..<count).map { UInt8(truncatingIfNeeded: $0) }
        let anchor = TLSAnchor(name: [1], isAuthority: true, curve: curve, key: key)
        #expect(anchor.subjectPublicKeyInfo == Array(hex: start) + key)
        #expect(TLSAnchor(name: [1], isAuthority: true, curve: curve + 10, key: key).subjectPublicKeyInfo == nil)
        // The lengths of DER have one byte up to 127.
        for count in 100...140 {
            let key = [UInt8](repeating: 1, count: count)
            let written = TLSAnchor(name: [1], isAuthority: true, curve: curve, key: key).subjectPublicKeyInfo
            let length = count + 1 < 128 ? [UInt8(count + 1)] : [0x81, UInt8(count + 1)]
            #expect(
                written?.suffix(count + 2 + length.count) == (count > 133 ? nil : ([0x03] + length + [0] + key)[...]))
        }
    }
}
