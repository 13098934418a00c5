# An S3-compatible store on a free loopback port, with one empty bucket. Obeys its test on stdin, a word a line: how many
# objects there are, how many uploads were begun and never finished. Gone when the pipe is.
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="lotus", AWS_SECRET_ACCESS_KEY="of the tests alone", AWS_DEFAULT_REGION="us-east-1")
sys.stdout, out = sys.stderr, sys.stdout

import logging

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
endpoint = "http://{}:{}".format(*server.get_host_and_port())
client = boto3.client("s3", endpoint_url=endpoint)
client.create_bucket(Bucket="materials")
print(endpoint, file=out, flush=True)
for word in sys.stdin:
    match word.strip():
        case "objects":
            print(client.list_objects_v2(Bucket="materials")["KeyCount"], file=out, flush=True)
        case "unfinished":
            print(len(client.list_multipart_uploads(Bucket="materials").get("Uploads", [])), file=out, flush=True)
        case "find":
            # Everything that is kept, as it is kept.
            kept = client.list_objects_v2(Bucket="materials").get("Contents", [])
            whole = b"".join(client.get_object(Bucket="materials", Key=one["Key"])["Body"].read() for one in kept)
            print(whole.hex(), file=out, flush=True)
        case other:
            print("no such order: " + other, file=out, flush=True)
server.stop()
