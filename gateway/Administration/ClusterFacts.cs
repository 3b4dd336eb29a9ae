namespace Tidings.Gateway.Administration;

/// <summary>What is fixed for the life of this process.</summary>
/// <param name="ClusterId">The cluster's id.</param>
/// <param name="IsStandalone">Whether the process has its silo inside, and no other.</param>
internal sealed record ClusterFacts(string ClusterId, bool IsStandalone);
