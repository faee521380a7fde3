/**
 * Reads OTLP protobuf with protobufjs and the messages of opentelemetry-proto 1.9, and gives it the shape of OTLP JSON.
 */
import { parse } from 'protobufjs'
import type { OtlpSpan } from './tracing.js'

const SCHEMA = `
  syntax = "proto3";
  package opentelemetry.proto;

  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
  message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }

  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message InstrumentationScope {
    string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
  }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    string trace_state = 3;
    bytes parent_span_id = 4;
    string name = 5;
    SpanKind kind = 6;
    fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9;
    uint32 dropped_attributes_count = 10;
    repeated Event events = 11;
    uint32 dropped_events_count = 12;
    repeated Link links = 13;
    uint32 dropped_links_count = 14;
    Status status = 15;
    fixed32 flags = 16;
  }
  enum SpanKind { UNSPECIFIED = 0; INTERNAL = 1; SERVER = 2; CLIENT = 3; PRODUCER = 4; CONSUMER = 5; }
  message Event {
    fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
  }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5; fixed32 flags = 6;
  }
  message Status { reserved 1; string message = 2; StatusCode code = 3; }
  enum StatusCode { UNSET = 0; OK = 1; ERROR = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }`

const { root } = parse(SCHEMA)
const request = root.lookupType('opentelemetry.proto.ExportTraceServiceRequest')
const response = root.lookupType('opentelemetry.proto.ExportTraceServiceResponse')

/** An ExportTraceServiceRequest as OTLP JSON has it: ids as hex, 64-bit integers as text, enums as numbers. */
export function decodeOtlpProtobuf(bytes: Uint8Array): unknown {
  return jsonOf(request.toObject(request.decode(bytes), { longs: String }))
}

/** The reverse: OTLP JSON's shape as protobuf. */
export function encodeOtlpProtobuf(json: unknown): Uint8Array {
  return request.encode(request.fromObject(bytesOf(json) as object)).finish()
}

/** An ExportTraceServiceResponse with a partial success. */
export function encodePartialSuccess(rejectedSpans: number, errorMessage: string): Uint8Array {
  return response.encode({ partialSuccess: { rejectedSpans, errorMessage } }).finish()
}

function jsonOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member)]))
}

function bytesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bytesOf)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    /^(traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(String(member), 'hex') : bytesOf(member),
  ])
  return Object.fromEntries(entries)
}

/** A request with one resource, as far as tests look into it. */
export interface Message {
  readonly resourceSpans: [
    { readonly scopeSpans: readonly { readonly scope: { name: string }; readonly spans: readonly OtlpSpan[] }[] },
  ]
}

/** Protobuf tells no empty list, text or zero from none, but within an attribute's value. */
export function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([key, member]) => key.endsWith('Value') || !isDefault(member))
    .map(([key, member]) => [key, withoutDefaults(member)])
  return Object.fromEntries(entries)
}

function isDefault(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : value === '' || value === '0' || value === 0
}
