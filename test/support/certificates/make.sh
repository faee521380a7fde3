#!/bin/sh
# Makes the certificates that the tests go by: an authority, a server, a client. Good for a hundred years, and for nothing else.
set -e
cd "$(dirname "$0")"
days=36500
issue() { # name, extension
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=pretrace test $1" -keyout "$1-key.pem" -out "$1.csr"
  printf '%s' "$2" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days $days -extfile "$1.ext" -out "$1.pem"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=pretrace test authority' -days $days -keyout ca-key.pem -out ca.pem
issue server 'subjectAltName=DNS:localhost,DNS:collector.test,IP:127.0.0.1'
issue client 'extendedKeyUsage=clientAuth'
rm -f ./*.csr ./*.ext ./*.srl ca-key.pem
