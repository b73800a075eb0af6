"""Ask libdigidocpp (RIA's library, through pydigidoc) about containers, or let it make one.

Usage: digidoc.py FOLDER CONTAINER...  or  digidoc.py FOLDER --make TSA_URL CONTAINER (signs with FOLDER/seal.p12)

The folder holds `lotl.xml`, `EE.xml` and `operator.der`. Prints one line for each container. A process of its own,
because the library is set up once and for all.
"""

import shutil
import sys
from pathlib import Path

import pydigidoc
from pydigidoc import Conf, Container, DigiDocConf, PKCS12Signer, initialize_lib


def verdict(path: str) -> str:
    try:
        container = Container.open(path)
        signatures = list(container.signatures())
        for signature in signatures:
            signature.validate()
    except Exception as error:
        return "INVALID " + " ".join(str(error).split())
    return f"VALID {len(signatures)}" if signatures else "INVALID no signature"


def make(folder: Path, path: str) -> None:
    container = Container.create(path)
    (folder / "a.txt").write_text("hello")
    container.add_data_file(str(folder / "a.txt"), "text/plain")
    signer = PKCS12Signer(str(folder / "seal.p12"), "secret")
    signer.set_profile("time-stamp")
    container.sign(signer)
    container.save()


def main(folder: Path, containers: list[str]) -> None:
    shutil.copytree(Path(pydigidoc.__file__).parent / "schema", folder, dirs_exist_ok=True)
    conf = DigiDocConf(str(folder))
    conf.set_tslurl("http://127.0.0.1:1/lotl.xml")  # nothing listens there: the lists in the folder are its cache
    conf.set_tslcert((folder / "operator.der").read_bytes())
    if containers[0] == "--make":
        conf.set_tsurl(containers[1])
    Conf.init(conf.transfer())
    initialize_lib("kaksik-conformance", str(folder))
    if containers[0] == "--make":
        make(folder, containers[2])
        return
    for path in containers:
        print(verdict(path), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
