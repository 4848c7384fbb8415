// bucket.lua in a real Redis, against exact arithmetic.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { redisScript, sha1 } from "../../scripts/generate_redis_script.ts";
import { SEED, seededRandom } from "../support/random.ts";
import type { RedisClient, Reply } from "../support/redis_client.ts";
import { connectRedis, RedisError } from "../support/redis_client.ts";
import type { Asked, Granted } from "../support/redis_model.ts";
import { RedisModel } from "../support/redis_model.ts";
import type { Server } from "../support/server_process.ts";
import { describeWithRedis, startRedis, startWebdis } from "../support/redis_process.ts";

const SCRIPT = await redisScript();
const TIME = "redis.call('TIME')";
/** The script with a time that the test chooses. */
const TIMED = SCRIPT.replace(TIME, "{ARGV[6], ARGV[7]}");
const KEY = "sallyport:rl:test:00";
const TOKENS_MAX = 100_000_000;
const SLACK_MILLISECONDS = 1000;
const PERIODS = [1000, 60_000, 3_600_000, 86_400_000];
const STEPS = 20_000;

const numbers = ({ capacity, refill, periodMilliseconds, least, most }: Asked): number[] => [
  capacity,
  refill,
  periodMilliseconds,
  least,
  most,
];

describeWithRedis("the bucket in Redis", () => {
  let server: Server;
  let redis: RedisClient;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.port);
  });
  afterAll(async () => {
    redis.close();
    await server.stop();
  });
  beforeEach(() => redis.command("FLUSHALL"));

  /** Asks at a time of the test's; the key is kept although real time passes. */
  async function askAt(asked: Asked, milliseconds: number, microseconds = 0): Promise<Reply> {
    const seconds = Math.floor(milliseconds / 1000);
    const rest = (milliseconds % 1000) * 1000 + microseconds;
    return redis.command("EVAL", TIMED, 1, KEY, ...numbers(asked), seconds, rest);
  }
  const ask = (asked: Asked): Promise<Reply> =>
    redis.command("EVAL", SCRIPT, 1, KEY, ...numbers(asked));

  const numbersOf = (done: Granted | null): number[] | string =>
    done === null ? "refused" : [done.granted, done.left, done.wait];
  const plain: Asked = {
    capacity: 10,
    refill: 2,
    periodMilliseconds: 1000,
    least: 1,
    most: 1,
  };

  test("reads Redis's clock in one place", () => {
    expect(SCRIPT.split(TIME)).toHaveLength(2);
  });

  test(`does what exact arithmetic does, ${STEPS} times (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const model = new RedisModel();
    const count = (): number => random.below(random.pick([3, 20, 1000, TOKENS_MAX + 1]));
    let limit = { capacity: 0, refill: 0, periodMilliseconds: 1000 };
    let now = 1_700_000_000_000;
    for (let step = 0; step < STEPS; step++) {
      if (step % 10 === 0) {
        limit = { capacity: count(), refill: count(), periodMilliseconds: random.pick(PERIODS) };
        if (random.below(4) === 0) limit = { ...limit, capacity: TOKENS_MAX, refill: TOKENS_MAX };
      }
      now += random.below(random.pick([2, 50, 5000, 86_400_000, 4_000_000_000]));
      if (random.below(20) === 0) now -= random.below(100_000);
      const least = Math.min(count(), random.pick([TOKENS_MAX, limit.capacity]));
      const asked = { ...limit, least, most: Math.min(TOKENS_MAX, least + count()) };
      const expected = model.ask(KEY, asked, now);
      const found = await askAt(asked, now, random.below(1000));
      expect(found, `step ${step}: ${JSON.stringify({ ...asked, now })}`).toEqual(
        numbersOf(expected),
      );
      const left = Number(await redis.command("PTTL", KEY));
      const filled = model.filledAfter(KEY, asked, now);
      if (expected !== null && expected.granted > 0 && filled !== null) {
        expect(left).toBeGreaterThan(Number(filled));
        expect(left).toBeLessThanOrEqual(Number(filled) + SLACK_MILLISECONDS);
      }
      // Real time must not end what the test's time does not.
      await redis.command("PERSIST", KEY);
    }
  });

  test("keeps a bucket that is never refilled for ever", async () => {
    expect(await ask({ ...plain, refill: 0 })).toEqual([1, 9, 0]);
    expect(await redis.command("PTTL", KEY)).toBe(-1);
    expect(await ask({ ...plain, refill: 0, least: 10, most: 10 })).toEqual([0, 9, -1]);
  });

  test("has nothing to give with capacity 0, and is not there", async () => {
    expect(await ask({ ...plain, capacity: 0 })).toEqual([0, 0, -1]);
    expect(await ask({ ...plain, capacity: 0, least: 0, most: 0 })).toEqual([0, 0, 0]);
    expect(await redis.command("EXISTS", KEY)).toBe(0);
  });

  test("refuses what is above the capacity for ever, and less until it can be met", async () => {
    expect(await ask({ ...plain, least: 11, most: 11 })).toEqual([0, 10, -1]);
    expect(await askAt({ ...plain, least: 10, most: 10 }, 5000)).toEqual([10, 0, 5000]);
    expect(await askAt(plain, 5000)).toEqual([0, 0, 500]);
    expect(await askAt(plain, 5499)).toEqual([0, 0, 1]);
    expect(await askAt(plain, 5500)).toEqual([1, 0, 500]);
  });

  test("grants what is there between the least and the most", async () => {
    expect(await askAt({ ...plain, least: 3, most: 8 }, 5000)).toEqual([8, 2, 500]);
    expect(await askAt({ ...plain, least: 1, most: 8 }, 5000)).toEqual([2, 0, 500]);
  });

  test("tells its level without taking from it", async () => {
    await askAt({ ...plain, least: 4, most: 4 }, 5000);
    expect(await askAt({ ...plain, least: 0, most: 0 }, 5000)).toEqual([0, 6, 0]);
    expect(await askAt({ ...plain, least: 0, most: 0 }, 5000)).toEqual([0, 6, 0]);
  });

  test("cuts its level to a smaller capacity, and keeps tokens in another period", async () => {
    await askAt(plain, 5000);
    expect(await askAt({ ...plain, capacity: 4 }, 5000)).toEqual([1, 3, 0]);
    expect(await askAt({ ...plain, capacity: 4 }, 5400)).toEqual([1, 2, 0]);
    const daily = { ...plain, refill: 1, periodMilliseconds: 86_400_000 };
    expect(await askAt(daily, 5400)).toEqual([1, 1, 0]);
  });

  test("gains nothing from a clock that goes back, and nothing twice", async () => {
    await askAt({ ...plain, least: 10, most: 10 }, 50_000);
    expect(await askAt(plain, 20_000)).toEqual([0, 0, 30_500]);
    expect(await askAt(plain, 50_000)).toEqual([0, 0, 500]);
    expect(await askAt(plain, 50_500)).toEqual([1, 0, 500]);
  });

  test.each(["", "1 2", "1 2 3", "a b c", "-1 5000 1000", "1e9 5000 1000", "9".repeat(400)])(
    "takes the value %j for none",
    async (value) => {
      await redis.command("SET", KEY, value);
      expect(await askAt(plain, 5000)).toEqual([1, 9, 0]);
      expect(await redis.command("GET", KEY)).toBe("9000 5000 1000");
    },
  );

  const bad: [string, (number | string)[]][] = [
    ["no numbers", ["a", 1, 1000, 1, 1]],
    ["no number that is one", ["nan", 1, 1000, 1, 1]],
    ["an endless capacity", ["inf", 1, 1000, 1, 1]],
    ["too large a capacity", [TOKENS_MAX + 1, 1, 1000, 1, 1]],
    ["a negative refill", [1, -1, 1000, 1, 1]],
    ["a part of a token", [1, 1, 1000, 0.5, 1]],
    ["another period", [1, 1, 2000, 1, 1]],
    ["a least above the most", [1, 1, 1000, 2, 1]],
    ["an argument less", [1, 1, 1000, 1]],
  ];
  test.each(bad)("writes nothing when it is given %s", async (_name, args) => {
    const found = await redis.command("EVAL", SCRIPT, 1, KEY, ...args);
    expect(found).toBeInstanceOf(RedisError);
    expect(String(found)).toContain("sallyport: bad arguments");
    expect(await redis.command("DBSIZE")).toBe(0);
  });

  test("writes nothing where another type lies", async () => {
    await redis.command("RPUSH", KEY, "x");
    expect(await ask(plain)).toBeInstanceOf(RedisError);
    expect(await redis.command("LLEN", KEY)).toBe(1);
  });

  test("is answered by Webdis in the form that the module reads", async () => {
    const webdis = await startWebdis(server.port);
    const post = async (body: string): Promise<string> => {
      const url = `http://127.0.0.1:${webdis.port}/`;
      const answer = await fetch(url, { method: "POST", body });
      return `${answer.status} ${await answer.text()}`;
    };
    const args = `1/${encodeURIComponent(KEY)}/${numbers(plain).join("/")}`;
    const script = encodeURIComponent(SCRIPT);
    try {
      await redis.command("SCRIPT", "FLUSH");
      expect(await post(`EVALSHA/${sha1(SCRIPT)}/${args}`)).toMatch(
        /^200 \{"EVALSHA":\[false,"NOSCRIPT .*"\]\}$/,
      );
      expect(await post(`EVAL/${script}/${args}`)).toBe('200 {"EVAL":[1,9,0]}');
      expect(await post(`EVALSHA/${sha1(SCRIPT)}/${args}`)).toBe('200 {"EVALSHA":[1,8,0]}');
      expect(await post("FLUSHALL")).toBe("403 ");
    } finally {
      await webdis.stop();
    }
  });
});
