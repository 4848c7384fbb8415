// The section `metrics`.

import { isLabelCharacter } from "./core/bytes/metric_label";
import { Text, textLen, textPtr } from "./core/bytes/text";
import { Value } from "./core/config/value";
import { authorityNameId, methodNameId, readHost, readMethod } from "./core/match/condition_config";
import { HOSTS_MAX } from "./core/limits";
import {
  METRIC_METHODS_MAX,
  METRIC_SERIES,
  METRIC_SERIES_MAX,
  METRIC_SERVICES_MAX,
  SERVICE_BYTES_MAX,
} from "./core/metric_limits";
import { LABEL_ROW_BYTES, labelRowAt, RequestMetrics } from "./request_metrics_model";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Reads the section; returns the address of RequestMetrics, 0 when there is nothing to measure. */
export function readMetrics(metrics: Value, names: usize): usize {
  const requests = metrics.optional("requests");
  metrics.done();
  if (requests === null) return 0;
  const services = requests.required("services");
  const methods = requests.optional("methods");
  const seriesMax = requests.optional("seriesMax");
  requests.done();
  const out = changetype<RequestMetrics>(requests.block.allocate(<u32>offsetof<RequestMetrics>()));
  out.authorityId = authorityNameId(services, names);
  out.methodId = methodNameId(services, names);
  out.seriesMax = seriesMax === null ? METRIC_SERIES : seriesMax.integer(1, METRIC_SERIES_MAX);
  readServices(services, out);
  if (methods !== null) readMethods(methods, out);
  else useMethods(requests, out);
  return changetype<usize>(out);
}

function readServices(value: Value, out: RequestMetrics): void {
  const each = value.items(1, METRIC_SERVICES_MAX);
  const most = <u32>each.length * HOSTS_MAX;
  out.hosts = value.block.allocate(most * LABEL_ROW_BYTES);
  for (let i = 0; i < each.length; i++) {
    const hosts = each[i].required("hosts").items(1, HOSTS_MAX);
    const service = readService(each[i].required("service"));
    each[i].done();
    for (let j = 0; j < hosts.length && !value.error.failed; j++) {
      const row = labelRowAt(out.hosts, out.hostCount++);
      row.pattern = readHost(hosts[j]);
      row.label = service;
    }
    if (value.error.failed) return;
  }
}

/** A name that is a label of metrics as it is: it can neither end a part of a name nor a line. */
function readService(value: Value): Text {
  const service = value.text(1, SERVICE_BYTES_MAX);
  if (value.error.failed) return service;
  const end = textPtr(service) + textLen(service);
  for (let at = textPtr(service); at < end; at++) {
    if (isLabelCharacter(load<u8>(at))) continue;
    value.refuse("a name in letters, digits and - . _");
    break;
  }
  return service;
}

function readMethods(value: Value, out: RequestMetrics): void {
  const each = value.items(1, METRIC_METHODS_MAX);
  out.methods = value.block.allocate(<u32>each.length * LABEL_ROW_BYTES);
  for (let i = 0; i < each.length && !value.error.failed; i++) {
    const method = readMethod(each[i]);
    for (let j: u32 = 0; j < textLen(method) && !value.error.failed; j++) {
      if (!isLabelCharacter(load<u8>(textPtr(method) + j))) each[i].refuse(METHOD);
    }
    addMethod(out, method);
  }
}

const METHOD = "a method in upper case and - . _, such as GET";

function useMethods(value: Value, out: RequestMetrics): void {
  out.methods = value.block.allocate(<u32>METHODS.length * LABEL_ROW_BYTES);
  for (let i = 0; i < METHODS.length; i++) {
    const encoded = String.UTF8.encode(METHODS[i]);
    addMethod(out, value.block.text(changetype<usize>(encoded), <u32>encoded.byteLength));
  }
}

function addMethod(out: RequestMetrics, method: Text): void {
  const row = labelRowAt(out.methods, out.methodCount++);
  row.pattern = method;
  row.label = method;
}
