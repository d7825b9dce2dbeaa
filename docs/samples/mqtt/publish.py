"""Publishes one message with QoS 1 and waits until it is durable.

publish.py [--v5] [--ws] HOST PORT TOKEN TOPIC PAYLOAD      needs: apt install python3-paho-mqtt
"""
import sys

import paho.mqtt.client as mqtt

flags = [a for a in sys.argv[1:] if a.startswith("--")]
host, port, token, topic, payload = [a for a in sys.argv[1:] if not a.startswith("--")]
client = mqtt.Client(
    protocol=mqtt.MQTTv5 if "--v5" in flags else mqtt.MQTTv311,
    transport="websockets" if "--ws" in flags else "tcp",
)
if "--ws" in flags:
    client.ws_set_options(path="/mqtt")
client.username_pw_set(token)
durable = []


def on_connect(client, userdata, flags, code, properties=None):
    if code != 0:
        sys.exit(f"refused: {mqtt.connack_string(code) if isinstance(code, int) else code}")
    client.publish(topic, payload, qos=1)


def on_publish(client, userdata, message_id):
    durable.append(message_id)
    client.disconnect()


client.on_connect, client.on_publish = on_connect, on_publish
client.connect(host, int(port), keepalive=60)
client.loop_forever(retry_first_connection=False)
print("durable" if durable else "not acknowledged")
sys.exit(0 if durable else 1)
