-- A dissector for traces of a WiFiNINA coprocessor: pcapng with link type USER0, as `nina-emulator --trace FILE.pcapng` writes it.
-- Protocol/trace.md describes the packets. Wireshark 4.0 or newer.

-- Wireshark runs each script of its plug-in folders; the other files here only return tables.
local function beside(name) return dofile(__DIR__ .. "/" .. name) end
local rows = beside("nina_commands.lua")
local frames = beside("nina_frames.lua")
local streams = beside("nina_streams.lua")
local exchanges = beside("nina_exchanges.lua")

local nina = Proto("nina", "WiFiNINA coprocessor")
local FAMILIES = { [0] = "unknown", "arduino", "adafruit" }
local KINDS = { "out", "in", "lines", "reset", "time", "coprocessor", "gap", "failure" }
local OUT, IN, LINES, RESET, TIME, COPROCESSOR, GAP, FAILURE = 1, 2, 3, 4, 5, 6, 7, 8
local FLAGS = { "reads_reply", "lost", "cut", "hidden", "clocked" }
local LEVELS = { "ready", "irq", "reset", "gpio0", "cs" }
local HEADER = 8

nina.prefs.firmware = Pref.enum("Firmware family", 1, "For recordings that do not tell it",
    { { 1, "Arduino", 1 }, { 2, "Adafruit", 2 } }, false)
nina.prefs.streams = Pref.bool("Hand payload to TCP and UDP", true,
    "Puts what programs send and receive behind IP headers, so that Follow > TCP Stream and the dissectors of other protocols work")

local fields = {
    kind = ProtoField.uint8("nina.event", "Event", base.DEC, KINDS),
    family = ProtoField.uint8("nina.family", "Family", base.DEC, FAMILIES),
    coprocessor = ProtoField.uint32("nina.coprocessor", "Coprocessor"),
    window = ProtoField.bytes("nina.window", "Window"),
    command = ProtoField.string("nina.command", "Command"),
    opcode = ProtoField.uint8("nina.opcode", "Opcode", base.HEX),
    is_reply = ProtoField.bool("nina.is_reply", "Reply"),
    refused = ProtoField.bool("nina.refused", "Error frame"),
    parameters = ProtoField.uint8("nina.parameters", "Number of parameters"),
    padding = ProtoField.bytes("nina.padding", "Padding"),
    slot = ProtoField.uint8("nina.slot", "Socket of the exchange"),
    payload = ProtoField.bytes("nina.payload", "Payload"),
    stream = ProtoField.uint32("nina.stream", "Connection"),
    request_in = ProtoField.framenum("nina.request_in", "Command in", base.NONE, frametype.REQUEST),
    reply_in = ProtoField.framenum("nina.reply_in", "Reply in", base.NONE, frametype.RESPONSE),
    duration = ProtoField.relative_time("nina.duration", "From the command"),
    warning = ProtoField.string("nina.warning", "Warning"),
    text = ProtoField.string("nina.text", "Text"),
    number = ProtoField.uint64("nina.number", "Number"),
}
for _, name in ipairs(FLAGS) do fields["flag_" .. name] = ProtoField.bool("nina.window." .. name, name) end
for _, name in ipairs(LEVELS) do fields["line_" .. name] = ProtoField.bool("nina.line." .. name, name:upper()) end
local expert = ProtoExpert.new("nina.frame", "Frame", expert.group.PROTOCOL, expert.severity.WARN)
nina.experts = { expert }

-- One filter field for each parameter of the table: `nina.socket`. Where one name has values of several types, the first type below
-- keeps the name and the others say theirs: `nina.key`, `nina.key_bytes`.
local TYPES = { "text", "number", "ipv4", "mac", "bytes" }
local function type_of(kind)
    if kind:match("^[ui]%d") then return "number" end
    return (kind == "secret" or kind == "url") and "text" or kind
end
local parameter_fields = {}
local function register_parameters()
    local found = {} -- name: type: whether any is signed, or wide
    for _, row in ipairs(rows) do
        for name, kind in (row[4] .. "," .. row[5]):gsub("[|/]", ","):gmatch("([%w_]+) ([%w_]+)[^,]*") do
            found[name] = found[name] or {}
            local known = found[name][type_of(kind)] or {}
            known.signed = known.signed or kind:match("^i%d") ~= nil
            known.wide = known.wide or kind:match("64") ~= nil
            found[name][type_of(kind)] = known
        end
    end
    for name, types in pairs(found) do
        local plain
        for _, kind in ipairs(TYPES) do
            if types[kind] then
                local abbreviation = "nina." .. name .. (plain and "_" .. kind or "")
                plain = true
                local make = ({ ipv4 = ProtoField.ipv4, mac = ProtoField.ether, text = ProtoField.string, bytes = ProtoField.bytes })[kind]
                    or types[kind].wide and ProtoField.uint64 or types[kind].signed and ProtoField.int32 or ProtoField.uint32
                local key = name .. "/" .. kind
                parameter_fields[key] = make(abbreviation, name)
                fields[key] = parameter_fields[key]
            end
        end
    end
    return found
end
local parameter_types = register_parameters()
nina.fields = fields

local tables = { frames.commands(rows, "arduino"), frames.commands(rows, "adafruit") }
local PAYLOADS = { data = true, packet = true }

-- What the first pass has found, by packet.
local notes, state
function nina.init() notes, state = {}, exchanges.new(frames, tables, streams) end

-- Bytes of a window as a range of the packet, nil when they are missing. Wireshark has no empty ranges.
local function part(window, first, last)
    last = math.min(last or first + 1, window.size)
    return first < last and window.tvb(HEADER + first, last - first) or nil
end

local function add(tree, proto, range, value)
    if not range then return tree:add(proto, value) end
    return value == nil and tree:add(proto, range) or tree:add(proto, range, value)
end

local function add_field(tree, field, window)
    local kind, size = type_of(field.kind), #field.raw
    local proto = parameter_fields[field.name .. "/" .. kind]
    local range = part(window, field.first, field.last)
    local content = field.last - size >= field.first and part(window, field.last - size, field.last)
    local text, item = field.name .. ": " .. field.text, nil
    if kind == "number" then
        local is_wide = parameter_types[field.name].number.wide
        item = add(tree, proto, range, is_wide and UInt64(field.value % 2 ^ 32, math.floor(field.value / 2 ^ 32)) or field.value)
    elseif kind == "ipv4" and size == 4 then
        item = add(tree, proto, range, Address.ip(field.value))
    elseif kind == "mac" and size == 6 then
        item = add(tree, proto, range, Address.ether(field.value))
    elseif kind == "text" then
        item = add(tree, proto, range, field.value)
    elseif kind == "bytes" and content and proto then
        item = tree:add(proto, content)
    elseif range then
        item = tree:add(range, text)
    else
        item = tree:add(text)
    end
    item:set_text(text)
    if PAYLOADS[field.name] and content then tree:add(fields.payload, content):set_generated() end
end

-- What belongs to the exchange, and not to one window.
local function add_exchange(tree, own)
    local frame = own.frame
    local slot = own.request and frames.socket(own.request.frame) or frames.socket(frame)
    if slot then tree:add(fields.slot, slot):set_generated() end
    if own.reply then tree:add(fields.reply_in, own.reply):set_generated() end
    if own.request then
        tree:add(fields.request_in, own.request.number):set_generated()
        local seconds = own.seconds - own.request.seconds
        tree:add(fields.duration, NSTime(math.floor(seconds), math.floor(seconds % 1 * 1e9 + 0.5))):set_generated()
    end
    for _, packet in ipairs(own.packets) do tree:add(fields.stream, packet.stream):set_generated() end
end

local function add_frame(tree, own, window)
    local frame = own.frame
    tree:append_text(", " .. frames.text(frame))
    if frame.name ~= "" then tree:add(fields.command, frame.name):set_generated() end
    local opcode = part(window, frame.first + 1)
    if frame.opcode and opcode and frame.kind ~= "error" then tree:add(fields.opcode, opcode, frame.opcode) end
    tree:add(fields.is_reply, own.is_reply):set_generated()
    if frame.kind == "error" then tree:add(fields.refused, part(window, frame.first, frame.last), true) end
    local count = frame.count and part(window, frame.first + 2)
    if count then tree:add(fields.parameters, count) end
    for _, field in ipairs(frame.fields) do add_field(tree, field, window) end
    local padding = part(window, frame.last, window.size)
    if padding then tree:add(fields.padding, padding) end
    add_exchange(tree, own)
    for _, warning in ipairs(frame.warnings) do
        add(tree, fields.warning, part(window, warning.first, warning.last), warning.text)
            :add_proto_expert_info(expert, warning.text)
    end
    return frames.text(frame)
end

-- The other events: what their packets have, and one line about it.
local function add_event(tree, event, window)
    local kind, size = event.kind, window.size
    local words = { event.flags.reads_reply and "reads the reply" or KINDS[kind] }
    local content = part(window, 0, size)
    if not content then return words[1] end
    if kind == LINES and size >= 2 then
        local mask, levels = content:range(0, 1):uint(), content:range(1, 1):uint()
        for index, name in ipairs(LEVELS) do
            local bit = 2 ^ (index - 1)
            if mask % (2 * bit) >= bit then
                local is_high = levels % (2 * bit) >= bit
                tree:add(fields["line_" .. name], content:range(1, 1), is_high):set_text(name:upper() .. (is_high and ": high" or ": low"))
                words[#words + 1] = name:upper() .. (is_high and " high" or " low")
            end
        end
    elseif kind == RESET and size >= 5 then
        tree:add(fields.number, content:range(1, 4), UInt64(content:range(1, 4):uint())):set_text("Boots: " .. content:range(1, 4):uint())
        words[2] = string.format("boot %d%s", content:range(1, 4):uint(), content:range(0, 1):uint() == 1 and ", Bluetooth" or "")
    elseif kind == COPROCESSOR and size >= 2 then
        words[2] = content:range(0, 1):uint() == 1 and "on" or "off"
        local place = 2
        while place < size do
            local length = math.min(content:range(place, 1):uint(), size - place - 1)
            if length > 0 then
                local text = content:range(place + 1, length):string()
                tree:add(fields.text, content:range(place + 1, length), text)
                words[#words + 1] = text
            end
            place = place + 1 + length
        end
    elseif kind == TIME and size >= 8 or kind == GAP and size >= 8 then
        local number = content:range(0, 8):uint64()
        tree:add(fields.number, content:range(0, 8), number)
        words[2] = kind == GAP and string.format("%s events were left out", tostring(number)) or tostring(number) .. " ns since 1970"
    elseif kind == FAILURE then
        tree:add(fields.text, content, content:raw())
        words[2] = content:raw()
    else
        tree:add(fields.window, content)
    end
    return table.concat(words, " ")
end

-- Gives a packet to Wireshark's dissectors; returns what one above TCP and UDP says about it.
local function hand_over(packet, pinfo, tree)
    local bytes = ByteArray.new(packet.bytes, true)
    -- What programs send need not be what its port says; the dissector that cannot read it marks the packet itself.
    pcall(Dissector.call, Dissector.get("ip"), bytes:tvb(packet.is_out and "To the network" or "From the network"), pinfo, tree)
    local protocol, said = tostring(pinfo.cols.protocol), tostring(pinfo.cols.info)
    pinfo.cols.info:clear_fence()
    local is_plain = protocol == "TCP" or protocol == "UDP" or protocol == "IPv4" or protocol:find("^%(")
    return is_plain and "" or ", " .. protocol .. " " .. said
end

function nina.dissector(tvb, pinfo, tree)
    if tvb:len() < HEADER or tvb(0, 1):uint() ~= 1 or not KINDS[tvb(1, 1):uint()] then return 0 end
    local family = tvb(3, 1):uint()
    local event = { kind = tvb(1, 1):uint(), family = family, flags = {}, coprocessor = tvb(4, 4):uint(), seconds = pinfo.rel_ts }
    if not tables[family] then event.family = nina.prefs.firmware end
    local bits = tvb(2, 1):uint()
    for index, name in ipairs(FLAGS) do event.flags[name] = bits % 2 ^ index >= 2 ^ (index - 1) end
    local window = { tvb = tvb, size = tvb:len() - HEADER }
    local own = notes[pinfo.number]
    if not own or not pinfo.visited then
        own = exchanges.note(state, pinfo.number, event, window.size > 0 and tvb:raw(HEADER) or "")
        notes[pinfo.number] = own
    end

    local root = tree:add(nina, tvb())
    root:add(fields.kind, tvb(1, 1))
    root:add(fields.family, tvb(3, 1))
    root:add(fields.coprocessor, tvb(4, 4))
    for _, name in ipairs(FLAGS) do
        if event.flags[name] then root:add(fields["flag_" .. name], tvb(2, 1), true) end
    end
    local module = event.coprocessor == 0 and "trace" or "coprocessor " .. event.coprocessor
    local is_out = event.kind == OUT
    local text
    if own.frame then
        text = add_frame(root, own, window)
    else
        text = add_event(root, event, window)
        root:append_text(", " .. text)
    end
    if event.flags.lost then
        text = text .. " [lost]"
        root:add_proto_expert_info(expert, "The coprocessor did not take this window")
    end
    if own.frame and #own.frame.warnings > 0 then text = text .. " [" .. own.frame.warnings[1].text .. "]" end
    for _, packet in ipairs(nina.prefs.streams and own.packets or {}) do text = text .. hand_over(packet, pinfo, tree) end
    -- After the other dissectors, which have set these columns to theirs.
    pinfo.cols.info:clear_fence()
    pinfo.cols.protocol = "NINA"
    pinfo.cols.info = text
    pinfo.cols.src = is_out and "host" or module
    pinfo.cols.dst = is_out and module or event.kind == IN and "host" or ""
    return tvb:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, nina)
