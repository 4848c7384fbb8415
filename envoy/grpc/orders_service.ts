// The upstream of the scenario: the services of orders.proto on a real gRPC server.

import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  StatusObject,
} from "@grpc/grpc-js";
import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import protobuf from "protobufjs";

import { loadApi, servicesOf } from "../../scripts/proto/api.ts";
import type { Message } from "../../scripts/proto/grpc_service.ts";
import { grpcService } from "../../scripts/proto/grpc_service.ts";
import { API_FILE, API_PACKAGE } from "./api_file.ts";

export interface OrdersService {
  port: number;
  close(): void;
}

interface Order extends Message {
  id: string;
  item: string;
  quantity: number;
  state: string;
  placed_at_milliseconds: number;
}

type Unary = (call: ServerUnaryCall<Message, Message>, done: sendUnaryData<Message>) => void;
type Streaming = (call: ServerWritableStream<Message, Message>) => void;

const PLACED_AT = 1_790_000_000_000;
const STOCK: Readonly<Record<string, number>> = { tea: 100, coffee: 3 };

/** Serves on a free port of 127.0.0.1, or on the given one, orders that are its own. */
export async function startOrdersService(port = 0): Promise<OrdersService> {
  const root = await loadApi(API_FILE);
  const server = new Server();
  const handlers = { ...orderHandlers(root), ...probeHandlers() };
  for (const service of servicesOf(root, API_PACKAGE)) {
    server.addService(grpcService(service), handlers);
  }
  const bound = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, taken) => {
      if (error === null) resolve(taken);
      else reject(error);
    });
  });
  return { port: bound, close: () => server.forceShutdown() };
}

function orderHandlers(root: protobuf.Root): Record<string, Unary | Streaming> {
  const orders = new Map<string, Order>();
  const add = (item: string, quantity: number, state: string): Order => {
    const id = String(orders.size + 1);
    const order = { id, item, quantity, state, placed_at_milliseconds: PLACED_AT };
    orders.set(id, order);
    return order;
  };
  add("tea", 2, "ORDER_STATE_SHIPPED");
  add("coffee", 1, "ORDER_STATE_OPEN");
  add("tea", 5, "ORDER_STATE_OPEN");

  const GetOrder: Unary = ({ request }, done) => {
    const order = orders.get(String(request["id"]));
    if (order === undefined) done(failure(status.NOT_FOUND, `no order "${String(request["id"])}"`));
    else done(null, order);
  };
  const ListOrders: Streaming = (call) => {
    const { item, states } = call.request;
    const found = [...orders.values()].filter(
      (order) =>
        (item === "" || order.item === item) &&
        (!Array.isArray(states) || states.length === 0 || states.includes(order.state)),
    );
    for (const order of found) call.write(order);
    call.end(metadataOf({ "order-count": String(found.length) }));
  };
  const PlaceOrder: Unary = ({ request }, done) => {
    const item = String(request["item"]);
    const quantity = Number(request["quantity"]);
    const available = STOCK[item] ?? 0;
    if (quantity < 1) done(failure(status.INVALID_ARGUMENT, "quantity is at least 1"));
    else if (quantity > available) done(outOfStock(root, item, available));
    else done(null, add(item, quantity, "ORDER_STATE_OPEN"));
  };
  const ChangeOrder: Unary = ({ request }, done) => {
    const order = orders.get(String(request["id"]));
    const { quantity } = changeOf(request);
    if (order === undefined) done(failure(status.NOT_FOUND, `no order "${String(request["id"])}"`));
    else if (quantity < 1) done(failure(status.INVALID_ARGUMENT, "quantity is at least 1"));
    else done(null, Object.assign(order, { quantity }));
  };
  return { GetOrder, ListOrders, PlaceOrder, ChangeOrder };
}

function changeOf(request: Message): { quantity: number } {
  const { change } = request;
  const isChange = typeof change === "object" && change !== null && "quantity" in change;
  return { quantity: isChange ? Number(change.quantity) : 0 };
}

function probeHandlers(): Record<string, Unary | Streaming> {
  const ShowMetadata: Unary = (call, done) => {
    const received = Object.keys(call.metadata.getMap()).sort();
    const entries = received.flatMap((key) =>
      call.metadata.get(key).map((value) => ({
        key,
        value: typeof value === "string" ? value : value.toString("base64"),
      })),
    );
    const initial = new Metadata();
    const trailing = new Metadata();
    for (const kind of ["text", "bin"]) {
      for (const value of call.metadata.get(`echo-${kind}`)) {
        initial.add(`echo-${kind}`, value);
        trailing.add(`trailer-${kind}`, value);
      }
    }
    call.sendMetadata(initial);
    done(null, { entries }, trailing);
  };
  const Fail: Unary = ({ request }, done) => done(wantedFailure(request));
  const FailLate: Streaming = (call) => {
    call.write({ id: "1", item: "tea", quantity: 2, state: "ORDER_STATE_SHIPPED" });
    call.emit("error", wantedFailure(call.request));
  };
  return { ShowMetadata, Fail, FailLate };
}

function wantedFailure(request: Message): StatusObject {
  const { code } = request;
  const failed = failure(isStatus(code) ? code : status.UNKNOWN, String(request["message"]));
  failed.metadata.set("failed-by", "orders");
  return failed;
}

function isStatus(value: unknown): value is status {
  return typeof value === "number" && value in status;
}

function failure(code: status, details: string): StatusObject {
  return { code, details, metadata: new Metadata() };
}

/** With `google.rpc.Status` in `grpc-status-details-bin`, as gRPC libraries send details. */
function outOfStock(root: protobuf.Root, item: string, available: number): StatusObject {
  const failed = failure(status.FAILED_PRECONDITION, "out of stock");
  const detailType = root.lookupType(`${API_PACKAGE}.OutOfStock`);
  const detail = {
    type_url: `type.googleapis.com/${API_PACKAGE}.OutOfStock`,
    value: detailType.encode(detailType.fromObject({ item, available })).finish(),
  };
  const message = { code: failed.code, message: failed.details, details: [detail] };
  const bytes = STATUS.encode(STATUS.fromObject(message)).finish();
  failed.metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  return failed;
}

/** The fields of google/rpc/status.proto. */
const STATUS = protobuf
  .parse(
    `syntax = "proto3";
    message Any { string type_url = 1; bytes value = 2; }
    message Status { int32 code = 1; string message = 2; repeated Any details = 3; }`,
    { keepCase: true },
  )
  .root.lookupType("Status");

function metadataOf(values: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, value);
  return metadata;
}
