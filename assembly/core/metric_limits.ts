// Bounds of metrics, each with its unit and its reason.

/** Services of one configuration that requests are counted by; each may have HOSTS_MAX hosts. */
export const METRIC_SERVICES_MAX: u32 = 64;
/** Bytes of a service's name: what Kubernetes allows for the name and the namespace of one. */
export const SERVICE_BYTES_MAX: u32 = 160;
/** Methods of one configuration that have a label of their own. */
export const METRIC_METHODS_MAX: u32 = 16;
/** Names of services and methods that one VM has as labels, whatever was configured before. */
export const METRIC_LABELS_MAX: u32 = 256;
/** Series of `sallyport_requests_total` in one VM unless the configuration says otherwise, */
export const METRIC_SERIES: u32 = 1000;
/** and at most: Envoy frees none of them as long as the VM lives. */
export const METRIC_SERIES_MAX: u32 = 2000;
/** Names of stores that one VM counts apart, one for all others included. */
export const STORE_ROWS_MAX: u32 = 65;
/** Bytes of a metric's name with all its labels: a service, a method, and 256 of what is fixed. */
export const METRIC_NAME_BYTES_MAX: u32 = 256 + 2 * SERVICE_BYTES_MAX;
