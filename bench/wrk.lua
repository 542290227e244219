-- What wrk sends. BENCH_TARGETS is a file with a line per session, "<id> <token> [<etag>]"; requests go round over them.
-- BENCH_REQUEST is the request's kind; BENCH_RUN makes texts unique across runs.
local ffi = require("ffi")
ffi.cdef [[
    struct bench_time { long seconds; long nanoseconds; };
    int clock_gettime(int clock, struct bench_time *time);
]]
local time = ffi.new("struct bench_time")
local function now()
    ffi.C.clock_gettime(1, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local kind = os.getenv("BENCH_REQUEST")
local run = os.getenv("BENCH_RUN")
local seconds = tonumber(os.getenv("BENCH_SECONDS"))

-- %010d keeps every body the same length, so that all but the number is put together once.
local text = "Run " .. run .. ", message %010d: please make the button red, a little larger, and round its corners."
local message = '{"role":"user","content":"' .. text .. '","metadata":{"model":"bench","temperature":0.2}}'
local component = '{"name":"Card %010d","jsx_code":"'
    .. string.rep("<div className='card'><p>text</p></div>\\n", 41)
    .. '","css_code":"' .. string.rep(".card { color: red; }\\n", 18) .. '","component_type":"component","metadata":{}}'

local function batch(session)
    local operation = '{"type":"save_message","session_id":' .. session .. ',"role":"user","content":"' .. text .. '"}'
    local all = {}
    for i = 1, 500 do all[i] = operation end
    return '{"operations":[' .. table.concat(all, ",") .. "]}"
end

local function post(path, token, body)
    local length = #string.gsub(body, "%%010d", "0000000000")
    return "POST " .. path .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. token
        .. "\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n", body
end

local heads, bodies = {}, {}
for line in io.lines(os.getenv("BENCH_TARGETS")) do
    local session, token, etag = line:match("^(%S+) (%S+) ?(%S*)$")
    local path = "/v1/sessions/" .. session
    local i = #heads + 1
    if kind == "message" then
        heads[i], bodies[i] = post(path .. "/messages", token, message)
    elseif kind == "component" then
        heads[i], bodies[i] = post(path .. "/components", token, component)
    elseif kind == "batch" then
        heads[i], bodies[i] = post("/v1/batch", token, batch(session))
    else
        local condition = etag ~= "" and "If-None-Match: " .. etag .. "\r\n" or ""
        heads[i] = "GET " .. path .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. token .. "\r\n"
            .. condition .. "\r\n"
    end
end

local count, deadline = 0, nil

request = function()
    count = count + 1
    -- wrk itself asks for the first one before it starts, to see what requests look like.
    if count == 2 then deadline = now() + seconds end
    -- Half a request: the connection is parked, and what is under way gets its answer before wrk closes everything.
    -- Without this, saves that were committed but not yet answered would make the count of rows a guess.
    if deadline and now() > deadline then return "GET / HTTP/1.1\r\n" end
    local i = count % #heads + 1
    if not bodies[i] then return heads[i] end
    if kind == "batch" then return heads[i] .. bodies[i]:gsub("%%010d", string.format("%010d", count)) end
    return heads[i] .. string.format(bodies[i], count)
end

done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests":%d,"bytes":%d,"failed":%d,"p50":%f,"p99":%f,"mean":%f}\n',
        summary.requests, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.mean / 1000
    ))
end
