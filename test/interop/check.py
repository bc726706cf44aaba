"""Verifies a chain and a revocation list with pyca/cryptography. Usage: check.py FOLDER; prints OK and the serial."""

import pathlib
import sys

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

folder = pathlib.Path(sys.argv[1])
root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
issuers = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
leaf = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
crl = x509.load_pem_x509_crl((folder / "crl.pem").read_bytes())

verified = PolicyBuilder().store(Store([root])).build_client_verifier().verify(leaf, issuers)
names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
assert names.get_values_for_type(x509.UniformResourceIdentifier)[0].startswith("spiffe://")
assert len(verified.chain) == 3, verified.chain
assert crl.is_signature_valid(issuers[0].public_key())
assert crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
print("OK", format(leaf.serial_number, "x"))
