"""Files that come along with a request."""

from fastapi import UploadFile

from twin.errors import InvalidInput


def read_upload(file: UploadFile, most_bytes: int) -> bytes:
    """Return the bytes of an upload.

    Raises:
        InvalidInput: (too-large) it has more than `most_bytes`.
    """
    data = file.file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidInput(f"The file is larger than {most_bytes} bytes.", reason="too-large")
    return data
