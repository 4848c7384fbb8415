// The series of metrics of requests. One is defined when its labels first come together, as many as
// the configuration allows; what comes later is counted by the one whose labels are all `other`. So
// clients can make the host keep no more than that, and no path, host or claim is a label.

import { incrementMetric, metricId, recordMetric } from "./abi/host";
import { defineLabelled, putLabel, putNumberLabel } from "./abi/metric_name";
import { MetricType, Status } from "./abi/types";
import { Text, text } from "./core/bytes/text";
import { METRIC_SERIES, METRIC_SERIES_MAX } from "./core/metric_limits";
import { RequestMetrics } from "./request_metrics_model";
import {
  hasHistogram,
  histogramId,
  labelText,
  numberLabels,
  OTHER,
  setHistogram,
} from "./request_labels";

/** In the place of a gRPC status: there is none. */
export const NO_GRPC_STATUS: u32 = 0xff;

export const enum Protocol {
  HTTP = 0,
  GRPC = 1,
}

// Names and values of labels are those of istio_requests_total.
const CODE = text("response_code");
const GRPC_STATUS = text("grpc_response_status");
const SERVICE = text("destination_service");
const PROTOCOL = text("request_protocol");
const METHOD = text("request_method");
const TOTAL = text("sallyport_requests_total");
const DURATION = text("sallyport_request_duration_milliseconds");
const UNTRACKED = text("sallyport_requests_untracked_total");
const HTTP = text("http");
const GRPC = text("grpc");
const EMPTY = text("");

// Series by what its labels are: key u64, 0 of a free place │ id u32. At the first place from hash
// modulo PLACES that is its own or free; at least half of them are free.
const PLACE_BYTES: u32 = 16;
const PLACES: u32 = 4096;
const MASK: u32 = PLACES - 1;
if (METRIC_SERIES_MAX * 2 > PLACES) ERROR("too few places for the series");
const TABLE: usize = memory.data(<i32>(PLACES * PLACE_BYTES), 8);
let seriesCount: u32 = 0;
let seriesMax: u32 = METRIC_SERIES;

let isDefined = false;
let otherId: u32 = 0;
let untrackedId: u32 = 0;

/**
 * Defines what counts when nothing else can, and numbers the configuration's labels. The cap of the
 * VM is that of the configuration which was set up last. Anything but OK leaves it to be tried
 * again.
 */
export function defineRequestMetrics(config: RequestMetrics): Status {
  numberLabels(config);
  seriesMax = config.seriesMax;
  if (isDefined) return Status.OK;
  let status = defineLabelled(MetricType.COUNTER, UNTRACKED);
  if (status != Status.OK) return status;
  untrackedId = metricId;
  const other = labelText(OTHER);
  putLabel(CODE, other);
  putLabel(GRPC_STATUS, other);
  putLabel(SERVICE, other);
  putLabel(PROTOCOL, other);
  putLabel(METHOD, other);
  status = defineLabelled(MetricType.COUNTER, TOTAL);
  if (status != Status.OK) return status;
  otherId = metricId;
  isDefined = true;
  return Status.OK;
}

/** A request ended that no stream could be kept for. */
export function countUntracked(): void {
  incrementMetric(untrackedId, 1);
}

/** Counts a request; code 0 is one without a response. */
export function countRequest(
  service: u32,
  method: u32,
  protocol: Protocol,
  code: u32,
  grpcStatus: u32,
): void {
  const key =
    (<u64>service) |
    ((<u64>method) << 16) |
    ((<u64>code) << 32) |
    ((<u64>grpcStatus) << 48) |
    ((<u64>(0x80 | (<u32>protocol))) << 56);
  let place = (<u32>((key * 0x9e3779b97f4a7c15) >> 40)) & MASK;
  for (let step: u32 = 0; step < PLACES; step++) {
    const at = TABLE + place * PLACE_BYTES;
    const known = load<u64>(at);
    if (known == key) {
      incrementMetric(load<u32>(at, 8), 1);
      return;
    }
    if (known == 0) break;
    place = (place + 1) & MASK;
  }
  if (
    seriesCount >= seriesMax ||
    defineSeries(service, method, protocol, code, grpcStatus) != Status.OK
  ) {
    incrementMetric(otherId, 1);
    return;
  }
  seriesCount++;
  store<u64>(TABLE + place * PLACE_BYTES, key);
  store<u32>(TABLE + place * PLACE_BYTES, metricId, 8);
  incrementMetric(metricId, 1);
}

function defineSeries(
  service: u32,
  method: u32,
  protocol: Protocol,
  code: u32,
  grpcStatus: u32,
): Status {
  putNumberLabel(CODE, code);
  if (grpcStatus == NO_GRPC_STATUS) putLabel(GRPC_STATUS, EMPTY);
  else putNumberLabel(GRPC_STATUS, grpcStatus);
  putLabel(SERVICE, labelText(service));
  putLabel(PROTOCOL, protocolText(protocol));
  putLabel(METHOD, labelText(method));
  return defineLabelled(MetricType.COUNTER, TOTAL);
}

function protocolText(protocol: Protocol): Text {
  return protocol == Protocol.GRPC ? GRPC : HTTP;
}

/** Records how long a request took. */
export function recordDuration(service: u32, protocol: Protocol, milliseconds: u64): void {
  if (!hasHistogram(service, protocol)) {
    putLabel(SERVICE, labelText(service));
    putLabel(PROTOCOL, protocolText(protocol));
    if (defineLabelled(MetricType.HISTOGRAM, DURATION) != Status.OK) return;
    setHistogram(service, protocol, metricId);
  }
  recordMetric(histogramId(service, protocol), milliseconds);
}
