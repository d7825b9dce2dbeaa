using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("SmartCommunity.Grains.Tests")]
