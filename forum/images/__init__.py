"""Pictures that members add to their posts: received, made harmless, kept under the name of their content.

Public face: ``uploading.upload_image(actor, data, alt)``; ``rules.image_keys(body)``; the address is ``/images/<file_key>``.
"""
