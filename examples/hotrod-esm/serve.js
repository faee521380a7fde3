/**
 * Has a server listen on this machine alone, and says where.
 *
 * @param {import('node:http').Server} server
 */
export function serve(server, name, port) {
  server.listen(port, '127.0.0.1', () => console.log(`${name} listens on http://127.0.0.1:${server.address().port}`))
}
