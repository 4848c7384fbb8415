-- A token bucket that all Envoys share, run by Redis by its own clock.
--
-- KEYS[1]    the bucket
-- ARGV[1-3]  capacity, tokens refilled per period, milliseconds of the period
-- ARGV[4-5]  tokens wanted at least and at most
-- returns    { tokens granted, whole tokens left, milliseconds until the least could be met }
--
-- Between least and most is granted, or nothing; the wait is -1 where time does not help. A token is
-- as many units as its period has milliseconds, so a bucket gains its refill in units each
-- millisecond. The largest level, 100,000,000 tokens of a day, is 8.64e15 units: below 2^53, so
-- every number here is exact.
local TOKENS_MAX = 100000000
local SLACK_MILLISECONDS = 1000

local function within(value, most)
  return value and value >= 0 and value <= most and value == math.floor(value)
end

local function isPeriod(value)
  return value == 1000 or value == 60000 or value == 3600000 or value == 86400000
end

-- math.floor(a / b) could be one too much: the quotient is rounded before it is cut.
local function divide(a, b)
  return (a - math.fmod(a, b)) / b
end

local capacity, refill, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local least, most = tonumber(ARGV[4]), tonumber(ARGV[5])
if
  #KEYS ~= 1
  or not within(capacity, TOKENS_MAX)
  or not within(refill, TOKENS_MAX)
  or not isPeriod(period)
  or not within(most, TOKENS_MAX)
  or not within(least, most)
then
  return redis.error_reply('ERR sallyport: bad arguments')
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + divide(tonumber(time[2]), 1000)
local full = capacity * period

-- A bucket that is not there is full. So is a value that is none.
local level, updatedAt = full, now
local units, at, unit = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+) (%d+)$')
units, at, unit = tonumber(units), tonumber(at), tonumber(unit)
if within(units, TOKENS_MAX * 86400000) and within(at, 1e15) and isPeriod(unit) then
  -- Whole tokens survive a change of the period.
  level = unit == period and units or divide(units, unit) * period
  -- A clock that went back refills nothing until it is where it was.
  updatedAt = math.max(at, now)
  level = math.min(full, level + (updatedAt - at) * refill)
end

local tokens = divide(level, period)
local granted = 0
if tokens >= least then
  granted = math.min(tokens, most)
end
if granted > 0 then
  level = level - granted * period
  local value = string.format('%.0f %.0f %.0f', level, updatedAt, period)
  if refill == 0 then
    redis.call('SET', KEYS[1], value)
  else
    -- When it expires, it would be full.
    local filled = updatedAt - now + math.ceil((full - level) / refill)
    redis.call('SET', KEYS[1], value, 'PX', string.format('%.0f', filled + SLACK_MILLISECONDS))
  end
end

local wait = 0
if least * period > level then
  wait = -1
  if refill > 0 and least <= capacity then
    wait = updatedAt - now + math.ceil((least * period - level) / refill)
  end
end
return { granted, divide(level, period), wait }
