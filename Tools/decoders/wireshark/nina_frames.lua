-- Reads the frames between a WiFiNINA host and its coprocessor, from strings, by the rules and in the words of
-- Tools/decoders/shared/nina_frames.py. Lua 5.2 (Wireshark 4.0) and 5.4 (4.4), so that it uses neither bit32 nor operators on bits.

local frames = {}

local START, ERROR, END, REPLY = 0xE0, 0xEF, 0xEE, 0x80
local LIMIT = 4092 -- bytes of the coprocessor's buffers
local SHOWN = 64 -- characters of one value in the line about a frame

-- How one parameter is laid out, from the table's notation.
local function parse_parameter(notation)
    local words = {}
    for word in notation:gmatch("%S+") do words[#words + 1] = word end
    local parameter = { name = words[1], kind = words[2], width = 1 }
    for index = 3, #words do
        if words[index] == "wide" then parameter.width = 2 else parameter[words[index]] = true end
    end
    local bits = words[2]:match("^[ui](%d+)")
    parameter.size = bits and bits / 8 or ({ ipv4 = 4, mac = 6 })[words[2]]
    return parameter
end

local function split(text, separator)
    local parts, first = {}, 1
    while true do
        local start, stop = text:find(separator, first, true)
        parts[#parts + 1] = text:sub(first, start and start - 1)
        if not start then return parts end
        first = stop + 1
    end
end

-- The forms of a message; `selects` when the value of the first parameter tells which one it is.
local function parse_forms(notation)
    local selects = notation:find(" / ", 1, true) ~= nil
    local forms = { selects = selects }
    for _, text in ipairs(split(notation, selects and " / " or "|")) do
        local form = {}
        for _, item in ipairs(split(text, ",")) do
            if item:find("%S") then form[#form + 1] = parse_parameter(item) end
        end
        forms[#forms + 1] = form
    end
    return forms
end

-- The commands of a family of firmware, by number.
function frames.commands(rows, family)
    local commands = {}
    for _, row in ipairs(rows) do
        if row[2] == "" or row[2] == family then
            commands[row[1]] = { name = row[3], request = parse_forms(row[4]), reply = parse_forms(row[5]) }
        end
    end
    return commands
end

function frames.name(commands, opcode)
    return commands[opcode] and commands[opcode].name or string.format("0x%02X", opcode)
end

local function shown(bytes)
    local text = bytes:sub(1, 2):gsub(".", function(byte) return string.format("%02X ", byte:byte()) end)
    return bytes == "" and "nothing" or text:sub(1, -2)
end
frames.shown = shown

-- Bytes as ASCII, others as \xNN.
function frames.printable(bytes)
    return (bytes:gsub("[%c\\\127-\255]", function(byte) return string.format("\\x%02X", byte:byte()) end))
end

-- A URL with stars for its query, and for a user name with a password.
local function without_secrets(url)
    local cut = url:find("[?#]")
    local kept = cut and url:sub(1, cut - 1) or url
    local _, slashes = kept:find("//", 1, true)
    local start = slashes and slashes + 1 or 1
    local authority = kept:sub(start):match("^[^/]*")
    local user = authority:match("^(.*)@")
    if user then kept = kept:sub(1, start - 1) .. ("*"):rep(#user) .. kept:sub(start + #user) end
    return kept .. (cut and url:sub(cut, cut) .. ("*"):rep(#url - cut) or "")
end

-- A number of up to 53 bits exactly.
local function number(raw, kind)
    local value, places = 0.0, kind:find("le$") and raw:reverse() or raw
    for index = 1, #places do value = value * 256 + places:byte(index) end
    if kind:sub(1, 1) == "i" and value >= 2 ^ (8 * #raw - 1) then value = value - 2 ^ (8 * #raw) end
    return value
end

-- Sets the field's value, and its text as people read it: secrets are not shown.
local function interpret(field)
    local kind, raw = field.kind, field.raw
    if kind == "ipv4" then
        field.value = table.concat({ raw:byte(1, -1) }, ".")
    elseif kind == "mac" then
        field.value = (raw:gsub(".", function(byte) return string.format("%02X:", byte:byte()) end)):sub(1, -2)
    elseif kind == "secret" then
        field.value = ("*"):rep(#raw)
    elseif kind == "bytes" then
        field.value = string.format("%d bytes", #raw)
    elseif kind == "text" or kind == "url" then
        local text = raw:match("^[^\0]*")
        field.value = frames.printable(kind == "url" and without_secrets(text) or text)
        field.text = '"' .. field.value .. '"'
        return field
    else
        field.value = number(raw, kind)
        field.text = string.format("%.0f", field.value)
        return field
    end
    field.text = field.value
    return field
end

-- Reads one form as the firmware does, by position, and notes what differs from the form. Places count from 0.
local function read(form, window, start, count, is_reply)
    local reading = { fields = {}, warnings = {}, position = start }
    local cut, parameters = false, 0
    local function warn(text, first, last)
        reading.warnings[#reading.warnings + 1] = { text = text, first = first, last = last or first + 1 }
    end
    local function cut_at(text, first)
        if not cut then warn(text, first, math.max(first + 1, #window)) end
        cut = true
    end
    -- The size of a parameter whose length does not tell it: another one does, or it runs on to the end byte.
    local function rest(begin, length)
        for _, field in ipairs(reading.fields) do
            if field.name == "count" and type(field.value) == "number" then return field.value end
        end
        local stop = window:find(string.char(END), begin + length + 1, true)
        return (stop and stop - 1 or #window) - begin
    end
    local function one(parameter)
        local first = reading.position
        local begin = first + parameter.width
        local length = number(window:sub(first + 1, begin), "u")
        local size = length
        if begin > #window then
            cut_at("the window ends before " .. parameter.name, first)
            size = 0
        elseif parameter.rest then
            size = rest(begin, length)
        elseif parameter.size and length ~= parameter.size then
            warn(string.format("the length of %s is %d, expected %d", parameter.name, length, parameter.size), first, begin)
            size = is_reply and length or parameter.size
        end
        local last = begin + size
        if begin <= #window and last > #window then
            cut_at(string.format("the window ends in %s: %d of %d bytes", parameter.name, #window - begin, size), first)
        end
        last = math.max(first, math.min(last, #window))
        local raw = window:sub(begin + 1, last)
        if parameter.size and not is_reply then raw = raw .. ("\0"):rep(parameter.size - #raw) end
        -- Of another size it is not what the table says.
        local kind = parameter.size and #raw ~= parameter.size and "bytes" or parameter.kind
        reading.fields[#reading.fields + 1] = interpret({ name = parameter.name, kind = kind, raw = raw, first = first, last = last })
        reading.position = last
        parameters = parameters + 1
    end
    for _, parameter in ipairs(form) do
        if parameter.repeated then
            while parameters < count and reading.position < #window do one(parameter) end
        elseif not parameter.optional or parameters < count then
            one(parameter)
        end
    end
    if parameters ~= count then warn(string.format("the count is %d, expected %d", count, parameters), start - 1) end
    local found = window:sub(reading.position + 1, reading.position + 1)
    if found == string.char(END) then
        reading.position = reading.position + 1
    elseif not cut then
        warn("expected the end byte EE, found " .. shown(found), reading.position)
    end
    return reading
end

-- The reading of the form that fits; if none does, of the one with that many parameters.
local function read_best(forms, window, start, count, is_reply)
    local readings, longest = {}, 0
    for index, form in ipairs(forms) do
        readings[index] = read(form, window, start, count, is_reply)
        longest = math.max(longest, #form)
    end
    if forms.selects then return readings[readings[1].fields[1].raw:match("^\0*$") and 1 or 2] end
    for _, reading in ipairs(readings) do
        if #reading.warnings == 0 then return reading end
    end
    for index, form in ipairs(forms) do
        if #form == count then return readings[index] end
    end
    return readings[count > longest and #readings or 1]
end

local function new_frame(kind, opcode, name)
    local frame = { kind = kind, opcode = opcode, name = name or "", fields = {}, warnings = {}, first = 0, last = 0 }
    function frame.warn(text, first, last)
        frame.warnings[#frame.warnings + 1] = { text = text, first = first or 0, last = last or (first or 0) + 1 }
    end
    return frame
end

local function fill(frame, forms, window, start, is_reply)
    frame.count = window:byte(start + 3) or 0
    local reading = read_best(forms, window, start + 3, frame.count, is_reply)
    frame.fields = reading.fields
    for _, warning in ipairs(reading.warnings) do frame.warnings[#frame.warnings + 1] = warning end
    frame.last = math.min(#window, reading.position)
end

-- Reads a window of MOSI while a command is expected.
function frames.command(commands, window)
    local opcode = window:byte(2) or 0
    if window:byte(1) ~= START or opcode >= REPLY then
        local frame = new_frame("unknown")
        frame.last = #window
        frame.warn("expected a command, found " .. shown(window), 0, #window)
        return frame
    end
    local frame = new_frame("command", opcode, frames.name(commands, opcode))
    frame.last = #window
    if #window > LIMIT then
        frame.warn(string.format("%d bytes, the coprocessor takes %d", #window, LIMIT), LIMIT, #window)
    end
    if commands[opcode] then
        fill(frame, commands[opcode].request, window:sub(1, LIMIT), 0, false)
    else
        frame.warn(string.format("no command has the number 0x%02X", opcode), 1)
    end
    return frame
end

-- Reads a window of MISO. `opcode` is the command's, nil where the recording does not have it.
function frames.reply(commands, window, opcode)
    local name = opcode and frames.name(commands, opcode)
    local place = window:find("[" .. string.char(START, ERROR) .. "]")
    if not place then
        local frame = new_frame("unknown", opcode, name)
        frame.last = #window
        frame.warn("expected a reply, found " .. shown(window), 0, #window)
        return frame
    end
    local start, frame = place - 1, nil
    local found = window:byte(place + 1)
    if window:byte(place) == ERROR then
        frame = new_frame("error", opcode, name)
        frame.first, frame.last = start, math.min(#window, start + 3)
    else
        local known = opcode or (found or 0) % REPLY
        frame = new_frame("reply", known, frames.name(commands, known))
        frame.first, frame.last = start, #window
        if found ~= known + REPLY then
            frame.warn(string.format("expected a reply to %s (%02X), found %s", frame.name, known + REPLY,
                found and string.format("%02X", found) or "nothing"), start + 1)
        elseif commands[known] then
            fill(frame, commands[known].reply, window, start, true)
        else
            frame.warn(string.format("no command has the number 0x%02X", known), start + 1)
        end
    end
    if start > 0 then frame.warn(string.format("%d bytes before the reply", start), 0, start) end
    return frame
end

local function shortened(text) return #text <= SHOWN and text or text:sub(1, SHOWN) .. "..." end

-- One line that says what a frame is.
function frames.text(frame)
    if frame.kind == "error" then return (frame.name ~= "" and frame.name .. " -> " or "") .. "error frame" end
    if frame.kind == "unknown" then return "not a frame" end
    local words = { frame.name }
    if frame.kind == "reply" then words[2] = "->" end
    for _, field in ipairs(frame.fields) do words[#words + 1] = field.name .. "=" .. shortened(field.text) end
    return table.concat(words, " ")
end

-- The socket that a frame names, or nil.
function frames.socket(frame)
    for _, field in ipairs(frame.fields) do
        if field.name == "socket" and type(field.value) == "number" then return field.value end
    end
end

return frames
