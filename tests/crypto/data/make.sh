#!/bin/sh
# Makes the certificates of this folder with the openssl command, so that the checks of
# crypto/x509_identity.cpp meet certificates which that file can't write. The keys are thrown away.
# Usage: ./make.sh   (in any folder; writes beside itself; 100 years valid)
set -eu
cd "$(dirname "$0")"
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$keys/$1.key"; }

# issue FILE EXTENSION...: a certificate with these extensions, signed by the authority.
issue() {
    name=$1
    shift
    new_key "$name"
    printf '%s\n' "$@" > "$keys/extensions"
    openssl req -new -key "$keys/$name.key" -subj "/CN=$name" -out "$keys/request"
    openssl x509 -req -in "$keys/request" -CA authority.pem -CAkey "$keys/authority.key" \
        -days 36500 -extfile "$keys/extensions" -out "$name.pem" 2> "$keys/log"
}

new_key authority
openssl req -x509 -key "$keys/authority.key" -subj "/CN=command-line authority" -days 36500 \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -out authority.pem

leaf=basicConstraints=critical,CA:FALSE
signing=keyUsage=critical,digitalSignature
both=extendedKeyUsage=serverAuth,clientAuth
good=subjectAltName=URI:cityledger:ab12/node0
issue good "$leaf" "$signing" "$both" "$good,DNS:node0.example"
issue only_server "$leaf" "$signing" extendedKeyUsage=serverAuth "$good"
issue only_client "$leaf" "$signing" extendedKeyUsage=clientAuth "$good"
issue only_encryption "$leaf" keyUsage=critical,keyAgreement "$both" "$good"
issue second_authority basicConstraints=critical,CA:TRUE \
    keyUsage=critical,digitalSignature,keyCertSign "$both" "$good"
issue without_name "$leaf" "$signing" "$both" subjectAltName=DNS:node0.example
issue two_names "$leaf" "$signing" "$both" "$good,URI:cityledger:ab12/node1"
issue name_without_node "$leaf" "$signing" "$both" subjectAltName=URI:cityledger:ab12
issue name_in_capitals "$leaf" "$signing" "$both" subjectAltName=URI:cityledger:AB12/node0
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key_of_p384.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 \
    -pass pass:open -out key_encrypted.pem
# A certificate of an RSA key, which no member of a chain has.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$keys/rsa.key"
openssl req -x509 -key "$keys/rsa.key" -subj "/CN=rsa" -days 36500 -out certificate_of_rsa.pem
openssl req -x509 -key key_of_p384.pem -subj "/CN=p384" -days 36500 -out certificate_of_p384.pem
