"""An SMTP server for one test: `smtp_server.py FOLDER`.

Prints its port, then keeps each accepted message as a file, and its envelope's sender beside it. Recipients that begin with `rebota` are
refused for good (550), those with `luego` until the file `ya` exists in the folder (451).
"""
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("rebota"):
            return f"550 5.1.1 {address} does not exist here"
        if address.startswith("luego") and not (folder / "ya").exists():
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        number = len(list(folder.glob("*.eml")))
        (folder / f"{number}.from").write_text(envelope.mail_from)
        (folder / f"{number}.eml").write_bytes(envelope.content)
        return "250 kept"


async def main():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
