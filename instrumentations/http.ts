/**
 * `http` and `https`: the span of a request received and of a request sent.
 *
 * Nothing is added that an application could see: no listener, no property, no argument changed. Spans hang on responses
 * and requests by stamps, ends are seen in the prototypes' `emit`, and the outgoing headers go into the text that Node is
 * about to write, so that `getHeaders()` answers as ever.
 */
import type * as Http from 'node:http'
import { defineInstrumentation, type Kit } from '../src/instrumentation.js'
import { patchClientRequest, patchRequestFunctions } from './http-client.js'
import type { ClientRequest, WithHead } from './http-headers.js'
import { patchIncomingMessage, patchResponseHead, patchServer, patchServerResponse } from './http-server.js'

export const http = defineInstrumentation({
  name: 'http',
  summary: 'Requests received and sent',
  patches: [
    { module: 'http', patch: patchHttp },
    { module: 'https', patch: patchHttps },
  ],
})

function patchHttp(exports: typeof Http, kit: Kit): void {
  patchServer(exports.Server.prototype, exports.ServerResponse, kit)
  patchIncomingMessage(exports.IncomingMessage.prototype, kit)
  patchServerResponse(exports.ServerResponse.prototype, kit)
  patchResponseHead(exports.ServerResponse.prototype as WithHead<Http.ServerResponse>, kit)
  patchRequestFunctions(exports, kit)
  patchClientRequest(exports.ClientRequest.prototype as ClientRequest, kit)
}

function patchHttps(exports: typeof Http, kit: Kit): void {
  // Requests and responses are http's own: requiring it here makes sure that it is patched.
  const { ServerResponse } = require('node:http') as typeof Http
  patchServer(exports.Server.prototype, ServerResponse, kit)
  patchRequestFunctions(exports, kit)
}
