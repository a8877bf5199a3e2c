import NINALink
import NINAWire

// The only switch over the commands: each has a line here and a handler in its part.

extension Device {
    /// Answers a command.
    /// - Returns: false when the reply follows later.
    mutating func dispatch(_ header: CommandHeader, _ window: ArraySlice<UInt8>) -> Bool {
        /// Decodes the command, calls the handler and encodes the reply.
        func answer<C: Command>(
            _ header: CommandHeader, _ handler: (inout Device, C) -> Answer<C.Reply>
        ) -> Bool {
            let command: C
            do throws(FrameError) {
                command = try PositionalReader.command(
                    C.self, header: header, in: window, missingBytes: context.dialect.missingBytes)
            } catch {
                context.log(.warning, "\(C.opcode.name) refused: \(error)")
                context.writeErrorFrame()
                return true
            }
            let answer = handler(&self, command)
            return context.encode(answer, to: C.self)
        }
        func answer<C: Command>(_ handler: (inout Device, C) -> Answer<C.Reply>) -> Bool {
            answer(header, handler)
        }
        return switch header.opcode {
        case .setNet: answer { $0.setNet($1) }
        case .setPassphrase: answer { $0.setPassphrase($1) }
        case .setKey: answer { $0.setKey($1) }
        case .getConnStatus: answer { $0.station.getConnStatus($1) }
        case .getIPAddr: answer { $0.station.getIPAddr($1) }
        case .getMACAddr: answer { $0.station.getMACAddr($1, $0.context) }
        case .getCurrSSID: answer { $0.station.getCurrSSID($1) }
        case .getCurrBSSID: answer { $0.station.getCurrBSSID($1, $0.context) }
        case .getCurrRSSI: answer { $0.station.getCurrRSSI($1) }
        case .getCurrEnct: answer { $0.station.getCurrEnct($1, $0.context) }
        case .scanNetworks: answer { $0.scanNetworks($1) }
        case .startServer: answer { $0.sockets.startServer($1, &$0.context) }
        case .getStateTCP: answer { $0.sockets.getStateTCP($1) }
        case .dataSent: answer { $0.sockets.dataSent($1) }
        case .availData:
            // Firmware that reads the flag regardless of the count reads it from the padding.
            answer(context.dialect.acceptRule == .paddingByte ? CommandHeader(opcode: .availData, count: 2) : header) {
                $0.sockets.availData($1, &$0.context)
            }
        case .getData: answer { $0.sockets.getData($1, &$0.context) }
        case .startClient: answer { $0.sockets.startClient($1, isOnline: $0.isOnline, &$0.context) }
        case .stopClient: answer { $0.sockets.stopClient($1, &$0.context) }
        case .getClientState: answer { $0.sockets.getClientState($1, &$0.context) }
        case .disconnect: answer { $0.disconnect($1) }
        case .getIdxRSSI: answer { $0.station.getIdxRSSI($1) }
        case .getIdxEnct: answer { $0.station.getIdxEnct($1, $0.context) }
        case .reqHostByName: answer { $0.names.reqHostByName($1, isOnline: $0.isOnline, &$0.context) }
        case .getHostByName: answer { $0.names.getHostByName($1) }
        case .startScanNetworks: answer { (_, _: StartScanNetworks) in .reply(Acknowledgement(true)) }
        case .getFwVersion: answer { $0.context.getFwVersion($1) }
        case .stopServer: answer { $0.sockets.stopServer($1, &$0.context) }
        case .getRemoteData: answer { $0.sockets.getRemoteData($1) }
        case .getIdxBSSID: answer { $0.station.getIdxBSSID($1, $0.context) }
        case .getIdxChannel: answer { $0.station.getIdxChannel($1) }
        case .getSocket: answer { $0.sockets.getSocket($1, &$0.context) }
        case .sendData: answer { $0.sockets.sendData($1, &$0.context) }
        case .getDatabuf: answer { $0.sockets.getDatabuf($1, &$0.context) }
        case .setIpConfig: answer { $0.station.setIpConfig($1) }
        case .setDnsConfig: answer { $0.station.setDnsConfig($1) }
        case .setHostname: answer { $0.station.setHostname($1, $0.context) }
        case .setPowerMode: answer { (_, _: SetPowerMode) in .reply(Acknowledgement(true)) }
        case .getDnsConfig: answer { $0.station.getDnsConfig($1) }
        case .getReasonCode: answer { $0.station.getReasonCode($1) }
        case .setApNet: answer { $0.setApNet($1) }
        case .setApPassphrase: answer { $0.setApPassphrase($1) }
        case .setDebug: answer { (_, _: SetDebug) in .reply(Acknowledgement(true)) }
        case .getTemperature: answer { $0.context.getTemperature($1) }
        case .getTime: answer { $0.clock.getTime($1, $0.context) }
        case .setTime: answer { $0.clock.setTime($1, $0.context) }
        case .getFwVersionU32: answer { $0.context.getFwVersionU32($1) }
        case .ping: answer { $0.station.ping($1, &$0.context) }
        case .setEnt: answer { $0.setEnt($1) }
        case .setEntIdent: answer { $0.station.enterprise.setEntIdent($1, $0.context) }
        case .setEntUname: answer { $0.station.enterprise.setEntUname($1, $0.context) }
        case .setEntPasswd: answer { $0.station.enterprise.setEntPasswd($1, $0.context) }
        case .setEntEnable: answer { $0.setEntEnable($1) }
        case .insertDatabuf: answer { $0.insertDatabuf($1) }
        case .sendUDP: answer { $0.sockets.sendUDP($1, isOnline: $0.isOnline, &$0.context) }
        case .setPinMode: answer { $0.pins.setPinMode($1, $0.context) }
        case .setDigitalWrite: answer { $0.pins.setDigitalWrite($1) }
        case .setAnalogWrite: answer { $0.pins.setAnalogWrite($1) }
        case .getDigitalRead: answer { $0.pins.getDigitalRead($1, $0.context) }
        case .getAnalogRead: answer { $0.pins.getAnalogRead($1, $0.context) }
        case .writeFile: answer { $0.files.writeFile($1, &$0.context) }
        case .readFile: answer { $0.files.readFile($1, &$0.context) }
        case .deleteFile: answer { $0.files.deleteFile($1, &$0.context) }
        case .existsFile: answer { $0.files.existsFile($1, &$0.context) }
        case .downloadFile:
            answer {
                $0.downloads.downloadFile(
                    $1, obstacle: $0.downloadObstacle, $0.sockets.certificates.credential, &$0.context)
            }
        case .renameFile: answer { $0.files.renameFile($1, &$0.context) }
        case .downloadOTA:
            answer {
                $0.downloads.downloadOTA(
                    $1, obstacle: $0.downloadObstacle, $0.sockets.certificates.credential, &$0.context)
            }
        case .prefBegin: answer { $0.preferences.prefBegin($1, &$0.context) }
        case .prefEnd: answer { $0.preferences.prefEnd($1) }
        case .prefClear: answer { $0.preferences.prefClear($1, &$0.context) }
        case .prefRemove: answer { $0.preferences.prefRemove($1, &$0.context) }
        case .prefLen: answer { $0.preferences.prefLen($1) }
        case .prefStat: answer { $0.preferences.prefStat($1, &$0.context) }
        case .prefPut: answer { $0.preferences.prefPut($1, &$0.context) }
        case .prefGet: answer { $0.preferences.prefGet($1, $0.context) }
        case .prefGettype: answer { $0.preferences.prefGettype($1) }
        case .bleBegin: answer { $0.bluetooth.bleBegin($1, &$0.context) }
        case .bleEnd: answer { $0.bluetooth.bleEnd($1) }
        case .bleAvailable: answer { $0.bluetooth.bleAvailable($1, &$0.context) }
        case .blePeek: answer { $0.bluetooth.blePeek($1, &$0.context) }
        case .bleRead: answer { $0.bluetooth.bleRead($1, &$0.context) }
        case .bleWrite: answer { $0.bluetooth.bleWrite($1, &$0.context) }
        case .setCliCert: answer { $0.sockets.certificates.setCliCert($1) }
        case .setPK: answer { $0.sockets.certificates.setPK($1) }
        case .brSetEcTa: answer { $0.sockets.certificates.brSetEcTa($1, $0.context) }
        case .brErrorCode: answer { $0.sockets.certificates.brErrorCode($1) }
        case .bsdSocket: answer { $0.bsd.bsdSocket($1, &$0.context) }
        case .bsdClose: answer { $0.bsd.bsdClose($1, &$0.context) }
        case .bsdErrno: answer { $0.bsd.bsdErrno($1, $0.context) }
        case .bsdBind: answer { $0.bsd.bsdBind($1, isTaken: $0.sockets.listens(on: $1.port), &$0.context) }
        case .bsdListen: answer { $0.bsd.bsdListen($1, &$0.context) }
        case .bsdAccept: answer { $0.bsd.bsdAccept($1, &$0.context) }
        case .bsdConnect: answer { $0.bsd.bsdConnect($1, isOnline: $0.isOnline, &$0.context) }
        case .bsdSend: answer { $0.bsd.bsdSend($1, isOnline: $0.isOnline, &$0.context) }
        case .bsdRecv: answer { $0.bsd.bsdRecv($1, &$0.context) }
        case .bsdSendto: answer { $0.bsd.bsdSendto($1, isOnline: $0.isOnline, &$0.context) }
        case .bsdRecvfrom: answer { $0.bsd.bsdRecvfrom($1, &$0.context) }
        case .bsdIoctl: answer { $0.bsd.bsdIoctl($1, &$0.context) }
        case .bsdPoll: answer { $0.bsd.bsdPoll($1, &$0.context) }
        case .bsdSetsockopt: answer { $0.bsd.bsdSetsockopt($1, &$0.context) }
        case .bsdGetsockopt: answer { $0.bsd.bsdGetsockopt($1, &$0.context) }
        case .bsdGetpeername: answer { $0.bsd.bsdGetpeername($1, &$0.context) }

        // Only one board can apply an update.
        case .applyOTA:
            refuse("this firmware does not serve it", header.opcode)
        }
    }

    private mutating func refuse(_ why: String, _ opcode: Opcode) -> Bool {
        context.log(.warning, "\(opcode.name) refused: \(why)")
        context.writeErrorFrame()
        return true
    }
}
