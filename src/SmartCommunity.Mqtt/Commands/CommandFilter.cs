using MQTTnet.Protocol;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Mqtt.Topics;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>A topic filter on the commands of one device, granted to a connection.</summary>
/// <param name="SubscriptionId">MQTT 5 subscription identifier, told with every message; 0: none.</param>
internal sealed record CommandFilter(string Filter, string District, DeviceId Device, MqttQualityOfServiceLevel Qos, uint SubscriptionId)
{
    /// <summary>The topic of a command.</summary>
    public string TopicOf(CommandId command) => TopicGrammar.CommandTopicOf(District, Device.ToString(), command.ToString());
}
