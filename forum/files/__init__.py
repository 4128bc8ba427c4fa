"""Files other than pictures that members add to questions and answers: a manual, a log.

Public face: ``uploading.upload_file(actor, name, data)``; ``rules.file_keys(body)``; the address is ``/files/<key>``, which
gives a file to whoever may read a post that carries it, always as a download.
"""
