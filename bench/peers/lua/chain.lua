-- The chain of `npm run bench` for Envoy's Lua filter: header edits, the trace, a bucket for each
-- caller in this worker. Lua has no ES256 there, so the token is left out.

local LIMIT = "per-caller"
local CAPACITY = 1000000
local FILL_MILLISECONDS = 1000
local POLICY = string.format('"%s";q=%d;w=%d', LIMIT, CAPACITY, FILL_MILLISECONDS / 1000)

local buckets = {}
math.randomseed(os.time())

local function edit_headers(headers)
  headers:remove("x-debug")
  headers:replace("x-env", "production")
  headers:replace("x-region", "eu-north-1")
  if headers:get("x-tenant") == nil then
    headers:add("x-tenant", "nobody")
  end
end

local function random_hex(words)
  local text = ""
  for _ = 1, words do
    text = text .. string.format("%08x", math.random(1, 0xffffffff))
  end
  return text
end

local function continue_trace(headers)
  local value = headers:get("traceparent") or ""
  local trace_id, parent_id, flags = value:match("^00%-([0-9a-f]+)%-([0-9a-f]+)%-([0-9a-f][0-9a-f])$")
  local is_valid = trace_id ~= nil
    and #trace_id == 32
    and #parent_id == 16
    and trace_id:find("[^0]")
    and parent_id:find("[^0]")
  if not is_valid then
    trace_id, flags = random_hex(4), "02"
  end
  headers:replace("traceparent", "00-" .. trace_id .. "-" .. random_hex(2) .. "-" .. flags)
  headers:replace("x-trace-id", trace_id)
end

-- Tokens that are left, nil when there was none to take.
local function take(key, now)
  local bucket = buckets[key]
  if bucket == nil then
    bucket = { tokens = CAPACITY, filled_at = now }
    buckets[key] = bucket
  end
  local refill = (now - bucket.filled_at) * CAPACITY / FILL_MILLISECONDS
  bucket.tokens = math.min(CAPACITY, bucket.tokens + refill)
  bucket.filled_at = now
  if bucket.tokens < 1 then
    return nil
  end
  bucket.tokens = bucket.tokens - 1
  return math.floor(bucket.tokens)
end

function envoy_on_request(handle)
  local headers = handle:headers()
  edit_headers(headers)
  continue_trace(headers)
  local left = take(headers:get("x-client") or "", tonumber(handle:timestamp()))
  if left == nil then
    handle:respond({ [":status"] = "429" }, '{"error":"rate limited"}')
    return
  end
  handle:streamInfo():dynamicMetadata():set("chain", "left", left)
end

function envoy_on_response(handle)
  local state = handle:streamInfo():dynamicMetadata():get("chain")
  if state == nil then
    return
  end
  local missing = CAPACITY - state["left"]
  local seconds = math.ceil(missing * FILL_MILLISECONDS / CAPACITY / 1000)
  local headers = handle:headers()
  headers:replace("ratelimit-policy", POLICY)
  headers:replace("ratelimit", string.format('"%s";r=%d;t=%d', LIMIT, state["left"], seconds))
end
